package countersign.verifier.note;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;

/**
 * What a witness says (c2sp.org/tlog-cosignature, {@code cosignature/v1}): at this time, this is
 * the largest tree of the log that I have seen, and it only grew.
 */
public final class Cosignature {
  private static final int LENGTH = 8 + Ed25519.SIGNATURE;

  private Cosignature() {}

  /**
   * Reads the time out of a cosignature.
   *
   * @param signature of a signature line of a key of type {@link VerifierKey.Type#COSIGNATURE} that
   *     was verified
   */
  public static Instant time(byte[] signature) {
    return Instant.ofEpochSecond(ByteBuffer.wrap(signature).getLong());
  }

  static boolean verify(byte[] key, String text, byte[] signature) {
    if (signature.length != LENGTH) {
      return false;
    }
    long time = ByteBuffer.wrap(signature).getLong();
    return time >= 0
        && time <= Instant.MAX.getEpochSecond()
        && Ed25519.verify(key, message(time, text), Arrays.copyOfRange(signature, 8, LENGTH));
  }

  static byte[] sign(PrivateKey key, long time, String text) {
    byte[] signature = Ed25519.sign(key, message(time, text));
    return ByteBuffer.allocate(LENGTH).putLong(time).put(signature).array();
  }

  private static byte[] message(long time, String text) {
    return ("cosignature/v1\ntime " + time + "\n" + text).getBytes(StandardCharsets.UTF_8);
  }
}
