package countersign.store.sealing;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869), one block of output. Not thread-safe: one for each thread. */
final class Hkdf {
  private static final String HMAC = "HmacSHA256";
  private final Mac mac;

  Hkdf() {
    try {
      mac = Mac.getInstance(HMAC);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(HMAC + " is part of every JDK", e);
    }
  }

  /** Step 1 (§2.2) without a salt, which is a salt of 32 zero bytes. */
  static byte[] extract(byte[] key) {
    Hkdf hkdf = new Hkdf();
    return hkdf.hmac(new byte[32], key);
  }

  /** Step 2 (§2.3) for 32 bytes: one block. */
  byte[] expand(byte[] extracted, byte[] info) {
    init(extracted);
    mac.update(info);
    mac.update((byte) 1);
    return mac.doFinal();
  }

  private byte[] hmac(byte[] key, byte[] message) {
    init(key);
    return mac.doFinal(message);
  }

  private void init(byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, HMAC));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC takes any key", e);
    }
  }
}
