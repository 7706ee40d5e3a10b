package countersign.store.sealing;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A master key in this process: 32 random bytes from a file or from the environment. Its bytes
 * never leave this class; what it wraps is wrapped under keys derived from it (HKDF-SHA256, RFC
 * 5869).
 */
public final class LocalMasterKey implements MasterKey {
  /** The file that Countersign makes itself. */
  static final String NAME = "master.key";

  private static final int LENGTH = 32;
  private final byte[] extracted;
  private final String id;

  private LocalMasterKey(byte[] key) {
    this.extracted = Hkdf.extract(key);
    this.id =
        "local:" + HexFormat.of().formatHex(Arrays.copyOf(derive("countersign/master/id"), 8));
  }

  static LocalMasterKey in(Path directory) throws IOException {
    KeyFiles files = KeyFiles.in(directory);
    if (!files.exists(NAME)) {
      try (KeyGuard _ = KeyGuard.take(directory)) {
        if (!files.exists(NAME)) {
          requireNothingWrapped(files);
          files.put(NAME, KeyFiles.bytes(Base64.getEncoder().encode(Wrapping.fresh())));
        }
      }
    }
    files.requireOurs(NAME);
    byte[] text = Files.readAllBytes(files.path(NAME));
    try {
      return read(StandardCharsets.ISO_8859_1.decode(java.nio.ByteBuffer.wrap(text)));
    } catch (IllegalArgumentException e) {
      throw new IOException(files.path(NAME) + ": " + e.getMessage(), e);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  /** A fresh key beside keys that hang from another would be of no use, and hide the loss. */
  private static void requireNothingWrapped(KeyFiles files) throws IOException {
    for (String name : files.names()) {
      if (name.endsWith(".key") || name.endsWith(".keys")) {
        throw new IOException(
            files.path(NAME)
                + ": missing, while "
                + name
                + " hangs from a master key (expected: the file, or keys.master to name the key)");
      }
    }
  }

  /**
   * Reads a master key.
   *
   * @param text 32 bytes in Base64, with or without a line break at the end; the caller's to wipe
   * @throws IllegalArgumentException if it is something else; the message never holds what it was
   */
  public static LocalMasterKey of(char[] text) {
    return read(CharBuffer.wrap(text));
  }

  private static LocalMasterKey read(CharBuffer text) {
    byte[] bytes = StandardCharsets.ISO_8859_1.encode(text).array();
    byte[] key = new byte[0];
    try {
      key = Base64.getDecoder().decode(new String(bytes, StandardCharsets.ISO_8859_1).strip());
      if (key.length == LENGTH) {
        return new LocalMasterKey(key);
      }
    } catch (IllegalArgumentException notBase64) {
      // said below, without what was found
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
    throw new IllegalArgumentException("not a key (expected: 32 bytes in Base64)");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String wrap(String what, byte[] key) {
    return Wrapping.wrap(derive("countersign/wrap/v1"), what, key);
  }

  @Override
  public byte[] unwrap(String what, String wrapped) throws IOException {
    return Wrapping.unwrap(derive("countersign/wrap/v1"), what, wrapped);
  }

  /** Unwraps the key of the only epoch that release 0.1 knew. */
  byte[] unwrapOfRelease01(String epoch, String wrapped) throws IOException {
    return Wrapping.unwrap(derive("countersign/epoch/v1"), epoch, wrapped);
  }

  private byte[] derive(String purpose) {
    return new Hkdf().expand(extracted, purpose.getBytes(StandardCharsets.UTF_8));
  }
}
