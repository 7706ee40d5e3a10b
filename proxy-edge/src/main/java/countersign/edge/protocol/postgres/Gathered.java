package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.edge.protocol.postgres.Statements.Portal;
import countersign.edge.protocol.postgres.Statements.Prepared;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.postgres.ValueText;
import countersign.wire.postgres.sql.Provenance;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
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

  /**
   * The operation of a portal: its statement's text, a zero byte, its types, and its Bind's body
   * without the names of portal and statement, which clients count up.
   */
  static Asked asked(Portal portal, boolean modifiable, Supplier<List<Provenance>> traces) {
    return asked(portal, portal.statement, modifiable, traces);
  }

  /** The same with another statement and the same values. */
  static Asked asked(
      Portal portal, Prepared statement, boolean modifiable, Supplier<List<Provenance>> traces) {
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
        modifiable,
        traces);
  }

  static Portal portal(
      Prepared statement, List<Integer> types, FrontendMessage.Bind bind, Piece.Frame frame) {
    List<@Nullable String> binds = new ArrayList<>();
    for (int i = 0; i < bind.values().size(); i++) {
      ByteBuf value = bind.values().get(i);
      int type = i < types.size() ? types.get(i) : 0;
      binds.add(value == null ? null : ValueText.whole(type, bind.format(i), value));
    }
    ByteBuf body = frame.body();
    int from = body.readerIndex();
    for (int names = 0; names < 2; names++) {
      from = body.indexOf(from, body.writerIndex(), (byte) 0) + 1;
    }
    byte[] bytes = ByteBufUtil.getBytes(body, from, body.writerIndex() - from);
    return new Portal(statement, bytes, binds);
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
