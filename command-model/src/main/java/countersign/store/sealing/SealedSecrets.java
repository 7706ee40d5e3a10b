package countersign.store.sealing;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Credentials that people set: one file each, below the directory of keys, wrapped under a key
 * derived from the root key. They are resolved inside this process and given to nobody else.
 * Thread-safe; a call reads or writes one small file.
 */
public final class SealedSecrets {
  /** Most bytes of a secret. */
  public static final int MOST_BYTES = 64 << 10;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
  private static final String FORMAT = "countersign-secret/1";
  private static final String SUFFIX = ".secret";

  private final Path directory;
  private final KeyFiles files;
  private final byte[] key;

  private SealedSecrets(Path directory, KeyFiles files, byte[] key) {
    this.directory = directory;
    this.files = files;
    this.key = key;
  }

  /** Opens the secrets of a directory of keys. */
  public static SealedSecrets open(Path keys, RootKey root) throws IOException {
    Path directory = keys.resolve("secrets");
    KeyFiles files = KeyFiles.in(directory);
    try (KeyGuard _ = KeyGuard.take(directory)) {
      files.sweep();
    }
    return new SealedSecrets(directory, files, root.derive("countersign/secrets/v1"));
  }

  /**
   * Checks a name.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "secret: of "
              + name.length()
              + " characters (expected: a name of letters, digits, '.', '_' and '-', at most 63)");
    }
    return name;
  }

  /**
   * Checks a value.
   *
   * @throws IllegalArgumentException if it is none; never holds it
   */
  public static void requireValue(byte[] value) {
    if (value.length == 0 || value.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "secret: " + value.length + " bytes (expected: 1 to " + MOST_BYTES + ")");
    }
    Arrays.fill(decode(value), '\0');
  }

  /**
   * Sets a secret; the one before it is destroyed. Durable on return.
   *
   * @param name name
   * @param value UTF-8, 1 to {@value #MOST_BYTES} bytes; the caller's to wipe
   * @throws IllegalArgumentException if name or value are none; never holds the value
   */
  public void set(String name, byte[] value) throws IOException {
    requireName(name);
    requireValue(value);
    String line = FORMAT + " " + name + " " + Wrapping.wrap(key, bound(name), value) + "\n";
    try (KeyGuard _ = KeyGuard.take(directory)) {
      files.put(name + SUFFIX, KeyFiles.bytes(line.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /**
   * Reads a secret; empty when none of that name was set.
   *
   * @throws IOException if its file cannot be read, is open to others or was changed
   */
  public Optional<char[]> read(String name) throws IOException {
    requireName(name);
    if (!files.exists(name + SUFFIX)) {
      return Optional.empty();
    }
    files.requireOurs(name + SUFFIX);
    String[] words =
        Files.readString(files.path(name + SUFFIX), StandardCharsets.ISO_8859_1).strip().split(" ");
    if (words.length != 3 || !words[0].equals(FORMAT)) {
      throw new IOException(
          files.path(name + SUFFIX) + ": not a secret (expected: " + FORMAT + ")");
    }
    byte[] value = Wrapping.unwrap(key, bound(name), words[2]);
    try {
      return Optional.of(decode(value));
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  private static String bound(String name) {
    return "secret/" + name;
  }

  private static char[] decode(byte[] value) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(value));
      char[] secret = new char[text.remaining()];
      text.get(secret);
      if (text.hasArray()) {
        Arrays.fill(text.array(), '\0');
      }
      return secret;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("secret: (expected: UTF-8 text)");
    }
  }
}
