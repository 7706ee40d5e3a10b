package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.edge.protocol.postgres.Statements.Portal;
import countersign.edge.protocol.postgres.Statements.Prepared;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages of the extended protocol that came since the last Sync or Flush. */
final class Gathered {
  private List<Message> messages = new ArrayList<>();
  private int bytes;

  /**
   * A message with its bytes.
   *
   * @param wrong what is wrong with its text; then the content is opaque
   */
  record Message(Piece.Frame frame, FrontendMessage content, @Nullable ProtocolViolation wrong) {}

  /**
   * Decodes and adds. A text that is not UTF-8 takes its turn like any message.
   *
   * @throws ProtocolViolation when the stream is broken; the frame is released
   */
  void add(Piece.Frame frame) {
    messages.add(decoded(frame));
    bytes += frame.bytes().readableBytes();
  }

  private static Message decoded(Piece.Frame frame) {
    try {
      return new Message(frame, FrontendMessage.decode(frame), null);
    } catch (ProtocolViolation e) {
      if (!e.sqlState().equals(ProtocolViolation.ENCODING)) {
        frame.release();
        throw e;
      }
      return new Message(frame, new FrontendMessage.Opaque(frame.type(), frame.body()), e);
    }
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  boolean over(int mostMessages, int mostBytes) {
    return messages.size() >= mostMessages || bytes >= mostBytes;
  }

  List<Message> take() {
    List<Message> taken = messages;
    messages = new ArrayList<>();
    bytes = 0;
    return taken;
  }

  /** What a statement that is only prepared would do. */
  static Asked asked(Prepared statement, Piece.Frame frame) {
    return new Asked(
        statement.text(),
        ByteBufUtil.getBytes(frame.body()),
        List.of(),
        statement.effects(),
        statement.reading().facts(),
        false);
  }

  /** The operation of a portal: its statement's text, a zero byte, its types, its Bind's body. */
  static Asked asked(Portal portal) {
    Prepared statement = portal.statement;
    byte[] text = statement.text().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(text.length + 1 + 4 * statement.types().size() + portal.bind.length);
    all.put(text).put((byte) 0);
    statement.types().forEach(all::putInt);
    all.put(portal.bind);
    return new Asked(
        statement.text(),
        all.array(),
        portal.binds,
        statement.effects(),
        statement.reading().facts(),
        false);
  }

  static Portal portal(Prepared statement, FrontendMessage.Bind bind, Piece.Frame frame) {
    List<@Nullable String> binds = new ArrayList<>();
    for (int i = 0; i < bind.values().size(); i++) {
      binds.add(readable(bind.values().get(i), bind.format(i)));
    }
    return new Portal(statement, ByteBufUtil.getBytes(frame.body()), binds);
  }

  /** Text as it is; what is binary or not UTF-8 as PostgreSQL's {@code \x} hex. */
  private static @Nullable String readable(@Nullable ByteBuf value, int format) {
    if (value == null) {
      return null;
    }
    byte[] bytes = ByteBufUtil.getBytes(value);
    if (format == 0) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        return "\\x" + HexFormat.of().formatHex(bytes);
      }
    }
    return "\\x" + HexFormat.of().formatHex(bytes);
  }

  /** Whether anything that comes in a batch needs a read-write transaction. */
  static boolean anyWrites(Collection<Message> batch, Flow flow) {
    for (Message message : batch) {
      if (message.content() instanceof FrontendMessage.Parse parse
          && flow.access.wantsReadWrite(flow.statements.read(parse.text()))) {
        return true;
      }
      if (message.content() instanceof FrontendMessage.Bind bind
          && ExtendedFlow.writes(flow.statements.statement(bind.statement()))) {
        return true;
      }
      if (message.content() instanceof FrontendMessage.Sync) {
        return false;
      }
    }
    return false;
  }

  /** The transaction status that a statement leads to when it succeeds. */
  static char after(char before, Reading reading) {
    char status = before;
    for (Statement statement : reading.statements()) {
      if (statement instanceof Statement.Transaction(var verb, _, _)) {
        status =
            switch (verb) {
              case begin -> 'T';
              case commit, rollback -> 'I';
              case rollbackTo -> 'T';
              case savepoint, release -> status;
            };
      }
    }
    return status;
  }
}
