package countersign.log;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A request for a time stamp (RFC 3161) over some bytes, and whether an answer is one to it. The
 * authority's signature is for who relies on it: {@code openssl ts -verify} with the authority's
 * certificates, which the log need not know.
 */
final class Stamp {
  private static final byte[] SHA256 = HexFormat.of().parseHex("0609608648016503040201");
  private static final byte[] NULL = {0x05, 0x00};
  private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
  private static final byte[] SIGNED_DATA = HexFormat.of().parseHex("2a864886f70d010702");
  private static final byte[] TST_INFO = HexFormat.of().parseHex("2a864886f70d0109100104");

  private final byte[] hash;
  private final byte[] nonce;

  Stamp(byte[] stamped) {
    this.hash = sha256(stamped);
    byte[] random = new byte[9];
    new SecureRandom().nextBytes(random);
    // Positive and in its shortest form, as DER wants an INTEGER.
    random[0] = 0x01;
    this.nonce = random;
  }

  /** The request, which asks for the authority's certificate too. */
  byte[] request() {
    return Der.write(
        Der.SEQUENCE,
        Der.write(Der.INTEGER, new byte[] {1}),
        Der.write(Der.SEQUENCE, Der.write(Der.SEQUENCE, SHA256, NULL), Der.write(Der.OCTETS, hash)),
        Der.write(Der.INTEGER, nonce),
        TRUE);
  }

  /**
   * Checks that an answer grants a stamp over these bytes for this request.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  void check(byte[] answer) {
    List<Der.Value> parts = Der.read(answer).values();
    int status = number(at(at(parts, 0).values(), 0)).intValue();
    if (status != 0 && status != 1) {
      throw new IllegalArgumentException("status: " + status + " (expected: granted)");
    }
    List<Der.Value> info = info(at(parts, 1));
    Der.Value imprint = at(info, 2);
    if (!Arrays.equals(at(imprint.values(), 1).content(), hash)) {
      throw new IllegalArgumentException("messageImprint: of other bytes");
    }
    boolean ours =
        info.stream()
            .skip(3)
            .anyMatch(v -> v.tag() == Der.INTEGER && Arrays.equals(v.content(), nonce));
    if (!ours) {
      throw new IllegalArgumentException("nonce: of another request, or none");
    }
  }

  /** The TSTInfo in a CMS SignedData. */
  private static List<Der.Value> info(Der.Value token) {
    List<Der.Value> content = token.values();
    require(at(content, 0), SIGNED_DATA);
    List<Der.Value> signed = at(at(content, 1).values(), 0).values();
    List<Der.Value> encapsulated = at(signed, 2).values();
    require(at(encapsulated, 0), TST_INFO);
    Der.Value octets = at(at(encapsulated, 1).values(), 0);
    return Der.read(octets.content()).values();
  }

  private static void require(Der.Value object, byte[] expected) {
    if (object.tag() != Der.OBJECT || !Arrays.equals(object.content(), expected)) {
      throw new IllegalArgumentException("answer: not a signed time stamp");
    }
  }

  private static Der.Value at(List<Der.Value> values, int index) {
    if (index >= values.size()) {
      throw new IllegalArgumentException("answer: too short for a time stamp");
    }
    return values.get(index);
  }

  private static BigInteger number(Der.Value value) {
    if (value.tag() != Der.INTEGER || value.content().length == 0 || value.content().length > 8) {
      throw new IllegalArgumentException("answer: no status");
    }
    return new BigInteger(value.content());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
