package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.timestamp.TimeStamp;
import countersign.verifier.timestamp.TimeStamp.Signer;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A request for a time stamp (RFC 3161) over some bytes, and whether an answer is one to it, signed
 * by the certificate that it names. Who vouches for the authority is for who relies on it.
 */
final class Stamp {
  private static final byte[] SHA256 = HexFormat.of().parseHex("300d06096086480165030402010500");
  private static final byte[] VERSION = {0x02, 0x01, 0x01};
  private static final byte[] CERTIFICATES = {0x01, 0x01, (byte) 0xff};

  private final byte[] stamped;
  private final BigInteger nonce;

  Stamp(byte[] stamped) {
    this.stamped = stamped.clone();
    // 2^63 or more, so that it takes nine bytes whatever it is.
    this.nonce = new BigInteger(63, new SecureRandom()).setBit(63);
  }

  /** The request, which asks for the authority's certificates too. */
  byte[] request() {
    return der(
        0x30,
        VERSION,
        der(0x30, SHA256, der(0x04, sha256(stamped))),
        der(0x02, nonce.toByteArray()),
        CERTIFICATES);
  }

  /**
   * Reads an answer.
   *
   * @param more the authority's certificates as far as they are known
   * @throws Malformed with what is wrong: it is no stamp over these bytes for this request, or not
   *     signed by a certificate that is here
   */
  TimeStamp check(byte[] answer, List<X509Certificate> more) throws Malformed {
    TimeStamp stamp = TimeStamp.read(answer);
    if (!stamp.isOver(stamped)) {
      throw new Malformed("timestamp: over other bytes");
    }
    if (!stamp.nonce().equals(Optional.of(nonce))) {
      throw new Malformed("timestamp: of another request");
    }
    if (stamp.signer(more) instanceof Signer.Unknown(String why)) {
      throw new Malformed("timestamp: " + why);
    }
    return stamp;
  }

  /** A value of less than 128 bytes. */
  private static byte[] der(int tag, byte[]... contents) {
    int length = Arrays.stream(contents).mapToInt(each -> each.length).sum();
    byte[] value = new byte[2 + length];
    value[0] = (byte) tag;
    value[1] = (byte) length;
    int at = 2;
    for (byte[] each : contents) {
      System.arraycopy(each, 0, value, at, each.length);
      at += each.length;
    }
    return value;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
