package countersign.store.sealing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A key wrapped under another: AES-256-GCM, random nonce, what it is bound as associated data. */
final class Wrapping {
  private static final int NONCE = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Wrapping() {}

  static byte[] fresh() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  static String wrap(byte[] under, String what, byte[] key) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, under, nonce, what).doFinal(key);
      byte[] all = ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  static byte[] unwrap(byte[] under, String what, String wrapped) throws IOException {
    try {
      byte[] all = Base64.getUrlDecoder().decode(wrapped);
      byte[] nonce = Arrays.copyOf(all, NONCE);
      return cipher(Cipher.DECRYPT_MODE, under, nonce, what)
          .doFinal(all, NONCE, all.length - NONCE);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          what + ": does not open (expected: wrapped under the master key at hand)", e);
    }
  }

  private static Cipher cipher(int mode, byte[] under, byte[] nonce, String what)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(under, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(what.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
