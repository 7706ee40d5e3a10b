package countersign.verifier.note;

import countersign.verifier.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key with its name, which checks signatures of notes (c2sp.org/signed-note, verifier
 * keys): {@code name+0123abcd+base64(type, key)}. Immutable.
 */
public final class VerifierKey {

  /** What a key's signatures are over. */
  public enum Type {
    /** Over the note's text: a log's. */
    NOTE(1),
    /** Over a time and a checkpoint: a witness's ({@code cosignature/v1}). */
    COSIGNATURE(4);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  private static final int LONGEST_NAME = 255;
  private final String name;
  private final Type type;
  private final byte[] key;
  private final int id;

  /**
   * Makes it.
   *
   * @param name not empty, no spaces, no {@code +}; of a log: its origin
   * @param publicKey 32 bytes of Ed25519
   */
  public VerifierKey(String name, Type type, byte[] publicKey) {
    if (!isName(name) || publicKey.length != Ed25519.KEY) {
      throw new IllegalArgumentException(
          "key: " + Malformed.shown(name) + " (expected: a name without space or +, 32 bytes)");
    }
    this.name = name;
    this.type = type;
    this.key = publicKey.clone();
    this.id = ByteBuffer.wrap(sha256(name, type, publicKey)).getInt();
  }

  /** Reads {@code name+id+key}; the id must be that of name and key. */
  public static VerifierKey parse(String vkey) throws Malformed {
    String[] parts = vkey.split("\\+", 3);
    if (vkey.length() <= 512 && parts.length == 3 && isName(parts[0])) {
      byte @Nullable [] typed = base64(parts[2]);
      if (typed != null && typed.length == 1 + Ed25519.KEY) {
        for (Type type : Type.values()) {
          if (typed[0] == type.code) {
            byte[] key = Arrays.copyOfRange(typed, 1, typed.length);
            VerifierKey read = new VerifierKey(parts[0], type, key);
            if (read.toString().equals(vkey)) {
              return read;
            }
          }
        }
      }
    }
    throw new Malformed("vkey", vkey, "name+key id+Base64 of an Ed25519 key of type 1 or 4");
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** What its signatures are over. */
  public Type type() {
    return type;
  }

  /** Its 32 bytes, a copy. */
  public byte[] key() {
    return key.clone();
  }

  /** The four bytes that stand before a signature of this key. */
  public int id() {
    return id;
  }

  /** Whether a signature line claims to be of this key. */
  public boolean claims(SignatureLine line) {
    return line.keyId() == id && line.name().equals(name);
  }

  /** Checks a signature that claims to be of this key, over a note's text. */
  public boolean verify(String text, SignatureLine line) {
    if (!claims(line)) {
      return false;
    }
    return switch (type) {
      case NOTE -> Ed25519.verify(key, text.getBytes(StandardCharsets.UTF_8), line.signature());
      case COSIGNATURE -> Cosignature.verify(key, text, line.signature());
    };
  }

  /** The vkey, as {@link #parse} reads it. */
  @Override
  public String toString() {
    byte[] typed = ByteBuffer.allocate(1 + key.length).put((byte) type.code).put(key).array();
    return name
        + '+'
        + HexFormat.of().toHexDigits(id)
        + '+'
        + Base64.getEncoder().encodeToString(typed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return id;
  }

  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && name.codePoints()
            .noneMatch(c ->
                c == '+'
                    || c < 0x20
                    || c == 0x7f
                    || c == 0x85
                    || Character.isWhitespace(c)
                    || Character.isSpaceChar(c)
                    || c >= 0xd800 && c <= 0xdfff);
  }

  /** Decodes canonical standard Base64; null for anything else. */
  static byte @Nullable [] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static byte[] sha256(String name, Type type, byte[] key) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(name.getBytes(StandardCharsets.UTF_8));
      sha.update((byte) '\n');
      sha.update((byte) type.code);
      return sha.digest(key);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
