package countersign.verifier.note;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Ed25519 (RFC 8032) with keys as the 32 bytes that notes use. Pure and thread-safe. */
public final class Ed25519 {
  /** Bytes of a public key and of a seed. */
  public static final int KEY = 32;

  /** Bytes of a signature. */
  public static final int SIGNATURE = 64;

  private static final String NAME = "Ed25519";

  /** SubjectPublicKeyInfo up to the key's own bytes (RFC 8410 §4). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /**
   * The public key of a seed.
   *
   * @param seed the 32 bytes that RFC 8032 calls the private key
   * @return 32 bytes
   */
  public static byte[] publicKey(byte[] seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
      generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
      byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
      return Arrays.copyOfRange(encoded, SPKI.length, encoded.length);
    } catch (GeneralSecurityException e) {
      throw absent(e);
    }
  }

  /** The private key of a seed, for {@link #sign}. */
  static PrivateKey privateKey(byte[] seed) {
    if (seed.length != KEY) {
      throw new IllegalArgumentException("seed: " + seed.length + " bytes (expected: 32)");
    }
    try {
      return KeyFactory.getInstance(NAME)
          .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    } catch (GeneralSecurityException e) {
      throw absent(e);
    }
  }

  static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance(NAME);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw absent(e);
    }
  }

  /** Whether the signature is good; false too for a key that is no point of the curve. */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != KEY || signature.length != SIGNATURE) {
      return false;
    }
    try {
      PublicKey key = KeyFactory.getInstance(NAME).generatePublic(spki(publicKey));
      Signature verifier = Signature.getInstance(NAME);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException forged) {
      return false;
    }
  }

  /** The key as a PEM file that {@code openssl pkeyutl -pubin -inkey} reads. */
  public static String pem(byte[] publicKey) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getEncoder().encodeToString(spki(publicKey).getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static X509EncodedKeySpec spki(byte[] publicKey) {
    byte[] encoded = Arrays.copyOf(SPKI, SPKI.length + publicKey.length);
    System.arraycopy(publicKey, 0, encoded, SPKI.length, publicKey.length);
    return new X509EncodedKeySpec(encoded);
  }

  private static IllegalStateException absent(GeneralSecurityException e) {
    return new IllegalStateException("Ed25519 is part of every JDK", e);
  }

  /** The JDK derives a public key only while it makes a pair: this decides what it draws. */
  private static final class Fixed extends SecureRandom {
    private final transient byte[] seed;

    Fixed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length) {
        throw new IllegalStateException("the key pair generator drew " + bytes.length + " bytes");
      }
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
