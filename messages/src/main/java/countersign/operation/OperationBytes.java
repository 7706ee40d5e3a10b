package countersign.operation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes that stand for an operation in its {@link OperationDigest}. */
public final class OperationBytes {
  private OperationBytes() {}

  /**
   * The bytes of a statement in PostgreSQL's simple protocol: the body of its Query message, which
   * is the text in UTF-8 and a zero byte (PostgreSQL documentation, "Message Formats", Query). Edge
   * and control both take the digest of a modified statement over exactly these.
   */
  public static byte[] ofSimpleQuery(String text) {
    return of(text, new byte[1]);
  }

  /**
   * The bytes of a text with another's rest: a zero byte, and what an operation has beside its
   * text, such as bind values.
   */
  public static byte[] of(String text, byte[] rest) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(utf8, utf8.length + rest.length);
    System.arraycopy(rest, 0, all, utf8.length, rest.length);
    return all;
  }
}
