package countersign.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * An Ed25519 private key as {@code openssl genpkey -algorithm ed25519} writes it: PKCS#8 in PEM.
 */
public final class SigningKey {
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  /** PrivateKeyInfo up to the seed (RFC 8410 §7). */
  private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final int SEED = 32;

  private SigningKey() {}

  /**
   * Reads the seed of a key file, which is made with a new key when there is none.
   *
   * @param file only its owner may read or write it
   * @return 32 bytes; the caller clears them
   * @throws IOException when others may read it, or it holds something else
   */
  public static byte[] of(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] seed = new byte[SEED];
      new SecureRandom().nextBytes(seed);
      DurableText.write(file, pem(seed));
      return seed;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OURS.containsAll(permissions)) {
      throw new IOException(
          file
              + ": "
              + PosixFilePermissions.toString(permissions)
              + " (expected: rw-------, a key is for its owner alone)");
    }
    try {
      return parse(Files.readString(file).toCharArray());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the seed out of PEM.
   *
   * @return 32 bytes; the caller clears them
   * @throws IllegalArgumentException for anything else; what was given is never in the message
   */
  public static byte[] parse(char[] pem) {
    String text = new String(pem).strip();
    if (text.startsWith(BEGIN) && text.endsWith(END)) {
      String base64 =
          text.substring(BEGIN.length(), text.length() - END.length()).replaceAll("\\s", "");
      try {
        byte[] der = Base64.getDecoder().decode(base64);
        if (der.length == PKCS8.length + SEED && Arrays.mismatch(der, PKCS8) == PKCS8.length) {
          return Arrays.copyOfRange(der, PKCS8.length, der.length);
        }
      } catch (IllegalArgumentException notBase64) {
        // Said below, without a word of what stood there.
      }
    }
    throw new IllegalArgumentException(
        "not an Ed25519 key (expected: what openssl genpkey -algorithm ed25519 writes)");
  }

  private static String pem(byte[] seed) {
    byte[] der = Arrays.copyOf(PKCS8, PKCS8.length + SEED);
    System.arraycopy(seed, 0, der, PKCS8.length, SEED);
    byte[] base64 = Base64.getEncoder().encode(der);
    return BEGIN + "\n" + new String(base64, StandardCharsets.US_ASCII) + "\n" + END + "\n";
  }
}
