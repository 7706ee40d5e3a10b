package countersign.verifier.tree;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A hash of the tree: 32 bytes of SHA-256. Immutable. */
public final class Hash {
  /** Bytes of a hash. */
  public static final int LENGTH = 32;

  /** The root of a tree without leaves: SHA-256 of nothing. */
  public static final Hash EMPTY = new Hash(sha256().digest());

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes 32 bytes.
   *
   * @throws IllegalArgumentException for another length
   */
  public static Hash of(byte[] bytes) {
    return at(bytes, 0, bytes.length);
  }

  /** Takes the 32 bytes of a tile at an offset. */
  static Hash at(byte[] bytes, int offset) {
    return at(bytes, offset, LENGTH);
  }

  private static Hash at(byte[] bytes, int offset, int length) {
    if (length != LENGTH) {
      throw new IllegalArgumentException("hash: " + length + " bytes (expected: 32)");
    }
    return new Hash(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
  }

  /** Reads canonical standard Base64: 44 characters. */
  public static Hash parse(String base64) throws Malformed {
    if (base64.length() == 44) {
      try {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length == LENGTH && Base64.getEncoder().encodeToString(bytes).equals(base64)) {
          return new Hash(bytes);
        }
      } catch (IllegalArgumentException notBase64) {
        // said below
      }
    }
    throw new Malformed("hash", base64, "32 bytes in Base64");
  }

  /** The hash of a leaf: SHA-256 over a zero byte and the entry. */
  public static Hash leaf(byte[] entry) {
    return new Hash(Leaf.hash(entry));
  }

  /** The hash of a node: SHA-256 over a byte of one and both children. */
  public static Hash node(Hash left, Hash right) {
    MessageDigest sha = sha256();
    sha.update((byte) 1);
    sha.update(left.bytes);
    return new Hash(sha.digest(right.bytes));
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  /** Standard Base64, 44 characters; what {@link #parse} reads. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
