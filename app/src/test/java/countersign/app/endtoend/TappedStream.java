package countersign.app.endtoend;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds in tapped bytes where a recording begins, with a reading of its own of the protocol. */
final class TappedStream {
  private static final int CANCEL = 80877102;
  private static final int SSL = 80877103;

  private TappedStream() {}

  static boolean isCancelRequest(Path in) throws IOException {
    try (DataInputStream bytes = new DataInputStream(Files.newInputStream(in))) {
      if (Files.size(in) < 8) {
        return true;
      }
      bytes.readInt();
      return bytes.readInt() == CANCEL;
    }
  }

  /** The client's bytes after its last authentication message. */
  static InputStream in(Path file) throws IOException {
    DataInputStream bytes = new DataInputStream(Files.newInputStream(file));
    int length = bytes.readInt();
    int code = bytes.readInt();
    if (code == SSL) {
      throw new IOException("the client asked for TLS: a tap needs sslmode=disable");
    }
    bytes.skipNBytes(length - 8L);
    int type = bytes.read();
    if (type != 'p') {
      throw new IOException("expected a password message, got " + (char) type);
    }
    bytes.skipNBytes(bytes.readInt() - 4L);
    return bytes;
  }

  /** The edge's bytes from AuthenticationOk on. */
  static InputStream out(Path file) throws IOException {
    long skip = 0;
    try (DataInputStream bytes = new DataInputStream(Files.newInputStream(file))) {
      while (true) {
        int type = bytes.read();
        int length = bytes.readInt();
        if (type == 'R' && length == 8 && bytes.readInt() == 0) {
          break;
        }
        if (type != 'R') {
          throw new IOException("expected an authentication message, got " + (char) type);
        }
        bytes.skipNBytes(length == 8 ? 0 : length - 4L);
        skip += 1 + length;
      }
    }
    InputStream stream = Files.newInputStream(file);
    stream.skipNBytes(skip);
    return stream;
  }
}
