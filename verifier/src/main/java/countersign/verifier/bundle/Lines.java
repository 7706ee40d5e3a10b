package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of a file, each ended by a line break and of a bounded length. Not thread-safe. */
final class Lines implements Closeable {
  private final InputStream in;
  private final int most;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;

  Lines(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  /** The next line without its line break, null after the last. */
  byte @Nullable [] next() throws IOException, Malformed {
    ByteArrayOutputStream line = null;
    while (true) {
      if (at == end) {
        at = 0;
        end = in.read(buffer);
        if (end < 0) {
          end = 0;
          if (line != null) {
            throw new Malformed("line: cut off (expected: a line break at its end)");
          }
          return null;
        }
      }
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      line = line == null ? new ByteArrayOutputStream(at - from) : line;
      line.write(buffer, from, at - from);
      if (line.size() > most) {
        throw new Malformed("line: longer than " + most + " bytes");
      }
      if (at < end) {
        at++;
        return line.toByteArray();
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
