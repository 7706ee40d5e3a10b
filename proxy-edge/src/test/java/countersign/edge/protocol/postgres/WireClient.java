package countersign.edge.protocol.postgres;

import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Speaks the protocol message by message, and keeps every byte it sent and saw. */
final class WireClient implements AutoCloseable {
  final Socket socket;
  final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  int processId;
  byte[] key;
  private final FrameReader reader = FrameReader.backend(Limits.REPLAY);
  private final byte[] buffer = new byte[64 << 10];

  WireClient(int port) {
    try {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  WireClient(int port, String user, String database, String password) {
    this(port);
    say(out ->
        Encode.startup(
            out, FrontendMessage.Startup.V3_0, Map.of("user", user, "database", database)));
    BackendMessage asked = next();
    if (!(asked instanceof BackendMessage.AuthenticationCleartextPassword)) {
      throw new AssertionError("asked: " + asked);
    }
    say(out -> Encode.password(out, password));
    sent.reset();
    seen.reset();
    for (BackendMessage m = next(); !(m instanceof BackendMessage.ReadyForQuery); m = next()) {
      if (m instanceof BackendMessage.BackendKeyData data) {
        processId = data.processId();
        key = data.key();
      }
      if (m instanceof BackendMessage.ErrorResponse error) {
        throw new AssertionError(error.fields());
      }
    }
  }

  WireClient say(UnaryOperator<ByteBuf> what) {
    return raw(ByteBufUtil.getBytes(what.apply(Unpooled.buffer())));
  }

  WireClient raw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      sent.writeBytes(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next message, or null at the end. */
  BackendMessage next() {
    try {
      while (true) {
        Piece piece = reader.next();
        if (piece instanceof Piece.Frame frame) {
          BackendMessage message = BackendMessage.decode(frame);
          seen.writeBytes(ByteBufUtil.getBytes(frame.bytes()));
          return message;
        }
        if (piece != null) {
          throw new AssertionError("in pieces");
        }
        int n = socket.getInputStream().read(buffer);
        if (n < 0) {
          return null;
        }
        reader.feed(Unpooled.copiedBuffer(buffer, 0, n));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Messages up to ReadyForQuery, as short words. */
  List<String> unit() {
    List<String> all = new ArrayList<>();
    while (true) {
      BackendMessage message = next();
      if (message == null) {
        all.add("end");
        return all;
      }
      all.add(word(message));
      if (message instanceof BackendMessage.ReadyForQuery) {
        return all;
      }
    }
  }

  static String word(BackendMessage message) {
    return switch (message) {
      case BackendMessage.ReadyForQuery(char status) -> "Z" + status;
      case BackendMessage.ErrorResponse(var fields) -> fields.code();
      case BackendMessage.NoticeResponse(var fields) -> "notice " + fields.message();
      case BackendMessage.CommandComplete(String tag) -> tag;
      default -> message.getClass().getSimpleName();
    };
  }

  WireClient query(String text) {
    return say(out -> Encode.query(out, text));
  }

  WireClient parse(String name, String text) {
    return say(out -> Encode.parse(out, name, text, List.of()));
  }

  WireClient bind(String portal, String statement, String... values) {
    return say(out -> Encode.bind(out, portal, statement, List.of(values)));
  }

  WireClient execute(String portal) {
    return say(out -> Encode.execute(out, portal, 0));
  }

  WireClient sync() {
    return say(Encode::sync);
  }

  WireClient flush() {
    return say(Encode::flush);
  }

  /** Parse, Bind, Execute of the unnamed statement. */
  WireClient run(String text, String... values) {
    return parse("", text).bind("", "", values).execute("");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader.close();
  }
}
