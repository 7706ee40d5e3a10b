package countersign.store.sealing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * The key that lasts: not of an epoch, wrapped under the master key in {@code root.key}, so that
 * what is derived from it (passwords of database roles, the key of sealed secrets) does not change
 * with the master key. Immutable, thread-safe.
 */
public final class RootKey {
  static final String NAME = "root";
  private final byte[] extracted;

  private RootKey(byte[] key) {
    this.extracted = Hkdf.extract(key);
  }

  /**
   * Opens the root key of a directory; it is made when absent.
   *
   * @throws IOException with words for the operator
   */
  public static RootKey open(Path directory, MasterKey master) throws IOException {
    KeyFiles files = KeyFiles.in(directory);
    WrappedKey root = new WrappedKey(files, NAME);
    try (KeyGuard _ = KeyGuard.take(directory)) {
      if (!root.exists()) {
        root.write(master, Wrapping.fresh());
      }
      byte[] key = root.read(master);
      root.dropOlder(master);
      return new RootKey(key);
    }
  }

  /**
   * Derives a key for one purpose (HKDF-SHA256, RFC 5869).
   *
   * @param purpose such as {@code countersign/secrets/v1}
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
