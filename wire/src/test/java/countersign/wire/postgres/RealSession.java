package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session with a {@link RealPostgres} over the codec that is tested; simple queries only. */
public final class RealSession implements AutoCloseable {
  private final Socket socket;
  private final FrameReader reader = FrameReader.backend(Limits.REPLAY);

  /** What came of a text: rows of all its statements, tags, and the first error's message. */
  public record Answer(
      List<List<@Nullable String>> rows, List<String> tags, @Nullable String error) {}

  /** Connects as the superuser. */
  public RealSession(RealPostgres postgres, String database) throws IOException {
    socket = new Socket("127.0.0.1", postgres.port());
    socket.setSoTimeout(30_000);
    send(
        Encode.startup(
            Unpooled.buffer(),
            FrontendMessage.Startup.V3_0,
            Map.of("user", "app", "database", database)));
    answer();
  }

  private void send(ByteBuf bytes) throws IOException {
    bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
    bytes.release();
  }

  /** Runs a text. */
  public Answer run(String sql) throws IOException {
    send(Encode.query(Unpooled.buffer(), sql));
    return answer();
  }

  /** Runs a text that must not fail. */
  public void must(String sql) throws IOException {
    Answer answer = run(sql);
    if (answer.error() != null) {
      throw new IllegalStateException(sql + ": " + answer.error());
    }
  }

  /** First value of the first row, empty when there is none. */
  public String value(String sql) throws IOException {
    Answer answer = run(sql);
    return answer.rows().isEmpty() ? "" : String.valueOf(answer.rows().getFirst().getFirst());
  }

  private Answer answer() throws IOException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    String error = null;
    while (true) {
      Piece piece = reader.next();
      if (piece == null) {
        byte[] more = new byte[16 << 10];
        int n = socket.getInputStream().read(more);
        if (n < 0) {
          throw new IOException("the server left");
        }
        reader.feed(Unpooled.wrappedBuffer(more, 0, n));
        continue;
      }
      BackendMessage message =
          piece instanceof Piece.Frame frame ? BackendMessage.decode(frame) : null;
      switch (message) {
        case BackendMessage.DataRow row -> rows.add(texts(row));
        case BackendMessage.CommandComplete complete -> tags.add(complete.tag());
        case BackendMessage.ErrorResponse(var fields) -> error = fields.message();
        case null, default -> {
          if (piece.type() == 'G') {
            send(Encode.copyFail(Unpooled.buffer(), "nothing to copy"));
          }
        }
      }
      piece.release();
      if (message instanceof BackendMessage.ReadyForQuery) {
        return new Answer(rows, tags, error);
      }
    }
  }

  private static List<@Nullable String> texts(BackendMessage.DataRow row) {
    List<@Nullable String> texts = new ArrayList<>();
    for (ByteBuf value : row.values()) {
      texts.add(value == null ? null : value.toString(StandardCharsets.UTF_8));
    }
    return texts;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    socket.close();
  }
}
