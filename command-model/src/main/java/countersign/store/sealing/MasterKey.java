package countersign.store.sealing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * The key that every other one hangs from: 32 random bytes. Its bytes never leave this class; what
 * leaves are keys derived from it (HKDF-SHA256, RFC 5869) for a named purpose.
 */
public final class MasterKey {
  private static final int LENGTH = 32;
  private static final String NAME = "master.key";
  private final byte[] extracted;

  private MasterKey(byte[] key) {
    this.extracted = Hkdf.extract(key);
  }

  /**
   * Reads the master key of a directory, {@code master.key}: 32 bytes in Base64, mode 0600.
   * Directory and key are made when absent; processes that start together end with the same key.
   *
   * @throws IOException with a message for the operator when the file is readable by others or
   *     holds something else; the message never holds what it found
   */
  public static MasterKey of(Path directory) throws IOException {
    KeyFiles.makeDirectory(directory);
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      byte[] key = new byte[LENGTH];
      new SecureRandom().nextBytes(key);
      KeyFiles.makeOnce(directory, NAME, Base64.getEncoder().encode(key));
    }
    KeyFiles.requireOurs(file);
    return new MasterKey(decode(file));
  }

  private static byte[] decode(Path file) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      byte[] key = Base64.getDecoder().decode(text);
      if (key.length == LENGTH) {
        return key;
      }
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException notBase64) {
      // said below, without what was found
    }
    throw new IOException(file + ": not a key (expected: 32 bytes in Base64)");
  }

  /**
   * Derives a key for one purpose.
   *
   * @param purpose such as {@code countersign/epoch/v1}
   * @return 32 bytes, the caller's own
   */
  public byte[] derive(String purpose) {
    return new Hkdf().expand(extracted, purpose.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Derives the password of a database role, the same in every process that has this key.
   *
   * @param role name of the purpose, such as {@code role/append}
   * @return 43 letters, digits, {@code -} and {@code _}
   */
  public char[] password(String role) {
    byte[] derived = derive(role);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(derived);
    char[] password = new char[text.length];
    for (int i = 0; i < text.length; i++) {
      password[i] = (char) text[i];
    }
    Arrays.fill(derived, (byte) 0);
    Arrays.fill(text, (byte) 0);
    return password;
  }
}
