package countersign.verifier.note;

import countersign.verifier.Malformed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * A signature of a note: {@code — name base64(key id, signature)}.
 *
 * @param name name of the key
 * @param keyId first four bytes of what was signed with
 * @param signature the bytes after them, one at least
 */
public record SignatureLine(String name, int keyId, byte[] signature) {
  private static final String DASH = "— ";

  /** Reads a line, without its line break. */
  public static SignatureLine parse(String line) throws Malformed {
    if (line.startsWith(DASH)) {
      String rest = line.substring(DASH.length());
      int space = rest.indexOf(' ');
      if (space > 0 && VerifierKey.isName(rest.substring(0, space))) {
        byte[] bytes = VerifierKey.base64(rest.substring(space + 1));
        if (bytes != null && bytes.length > 4) {
          return new SignatureLine(
              rest.substring(0, space),
              ByteBuffer.wrap(bytes).getInt(),
              Arrays.copyOfRange(bytes, 4, bytes.length));
        }
      }
    }
    throw new Malformed("signature", line, "— name Base64");
  }

  /** The line, without its line break. */
  @Override
  public String toString() {
    byte[] bytes = ByteBuffer.allocate(4 + signature.length).putInt(keyId).put(signature).array();
    return DASH + name + ' ' + Base64.getEncoder().encodeToString(bytes);
  }
}
