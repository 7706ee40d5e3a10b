package countersign.evidence.make;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts a file for one X25519 recipient in the format of age (age-encryption.org/v1), so that
 * {@code age -d -i KEY} opens it. Immutable.
 */
final class Age {
  private static final int CHUNK = 64 << 10;
  private static final int KEY = 32;
  private static final String INTRO = "age-encryption.org/v1\n";
  private static final String X25519 = "age-encryption.org/v1/X25519";
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] recipient;

  private Age(byte[] recipient) {
    this.recipient = recipient;
  }

  /**
   * Reads a recipient.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Age to(String recipient) {
    byte[] key = Bech32.decode("age", recipient);
    if (key.length != KEY) {
      throw new IllegalArgumentException("recipient: (expected: age1… of an X25519 key)");
    }
    Age age = new Age(key);
    try {
      age.wrap(new byte[16]); // a point of small order has no shared secret
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("recipient: (expected: age1… of an X25519 key)", e);
    }
    return age;
  }

  /** Encrypts a stream; closes neither. */
  void encrypt(InputStream plain, OutputStream out) throws IOException {
    try {
      byte[] fileKey = random(16);
      String stanza = INTRO + wrap(fileKey) + "---";
      byte[] mac = hmac(hkdf(fileKey, new byte[0], "header"), stanza);
      out.write(
          (stanza + " " + BASE64.encodeToString(mac) + "\n").getBytes(StandardCharsets.US_ASCII));
      byte[] nonce = random(16);
      out.write(nonce);
      payload(hkdf(fileKey, nonce, "payload"), plain, out);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("X25519 and ChaCha20-Poly1305 are part of every JDK", e);
    }
  }

  private String wrap(byte[] fileKey) throws GeneralSecurityException {
    KeyPair own = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    byte[] share = bytes((XECPublicKey) own.getPublic());
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(own.getPrivate());
    agreement.doPhase(publicKey(recipient), true);
    byte[] salt = ByteBuffer.allocate(2 * KEY).put(share).put(recipient).array();
    byte[] wrapping = hkdf(agreement.generateSecret(), salt, X25519);
    byte[] wrapped = cipher(wrapping, new byte[12]).doFinal(fileKey);
    return "-> X25519 "
        + BASE64.encodeToString(share)
        + "\n"
        + BASE64.encodeToString(wrapped)
        + "\n";
  }

  /** Chunks of 64 KiB, each under a counter; the last one says so, and only it may be short. */
  private static void payload(byte[] key, InputStream plain, OutputStream out)
      throws IOException, GeneralSecurityException {
    byte[] chunk = plain.readNBytes(CHUNK);
    for (long number = 0; ; number++) {
      byte[] next = chunk.length < CHUNK ? new byte[0] : plain.readNBytes(CHUNK);
      boolean last = next.length == 0;
      byte[] nonce =
          ByteBuffer.allocate(12).putLong(3, number).put(11, (byte) (last ? 1 : 0)).array();
      out.write(cipher(key, nonce).doFinal(chunk));
      if (last) {
        return;
      }
      chunk = next;
    }
  }

  private static Cipher cipher(byte[] key, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
    return cipher;
  }

  private static byte[] hkdf(byte[] secret, byte[] salt, String info)
      throws GeneralSecurityException {
    HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addIKM(secret);
    if (salt.length > 0) {
      extract.addSalt(salt);
    }
    return KDF.getInstance("HKDF-SHA256")
        .deriveData(extract.thenExpand(info.getBytes(StandardCharsets.US_ASCII), KEY));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static PublicKey publicKey(byte[] little) throws GeneralSecurityException {
    byte[] u = reversed(little);
    u[0] &= 0x7f;
    return KeyFactory.getInstance("X25519")
        .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, u)));
  }

  private static byte[] bytes(XECPublicKey key) {
    byte[] big = key.getU().toByteArray();
    byte[] padded = new byte[KEY];
    for (int i = 0; i < big.length && i < KEY; i++) {
      padded[KEY - 1 - i] = big[big.length - 1 - i];
    }
    return reversed(padded);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
