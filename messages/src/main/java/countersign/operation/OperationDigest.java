package countersign.operation;

import countersign.identity.Principal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an approval is bound to: SHA-256 over principal and chain, target, database, role, the
 * operation's bytes and the version of the duties, each as a 32-bit big-endian length and its
 * bytes.
 */
public final class OperationDigest {
  private OperationDigest() {}

  /**
   * Returns the digest.
   *
   * @param operation the operation
   * @param dutiesAt version of the rulebook
   * @return 64 lower-case hex digits
   */
  public static String of(Operation operation, long dutiesAt) {
    MessageDigest sha = sha256();
    put(sha, "countersign/operation/v1");
    put(sha, operation);
    put(sha, Long.toString(dutiesAt));
    return HexFormat.of().formatHex(sha.digest());
  }

  /**
   * Returns what is the same whenever the same caller sends the same operation to the same place,
   * whatever the duties are by then. It finds a request; it approves nothing.
   *
   * @return 64 lower-case hex digits
   */
  public static String ofRepeat(Operation operation) {
    MessageDigest sha = sha256();
    put(sha, "countersign/repeat/v1");
    put(sha, operation);
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void put(MessageDigest sha, Operation operation) {
    put(sha, Integer.toString(operation.principal().chain().size()));
    for (Principal.Hop hop : operation.principal().chain()) {
      put(sha, hop.issuer());
      put(sha, hop.subject());
      put(sha, hop.name());
    }
    put(sha, operation.target());
    put(sha, operation.database());
    put(sha, operation.role());
    put(sha, operation.bytes());
  }

  private static void put(MessageDigest sha, String text) {
    put(sha, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(MessageDigest sha, byte[] bytes) {
    sha.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    sha.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
