package countersign.verifier.note;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Instant;

/** Signs notes with an Ed25519 key: a log's, or a witness's. Immutable; thread-safe. */
public final class Signer {
  private final VerifierKey verifier;
  private final PrivateKey key;

  private Signer(VerifierKey verifier, PrivateKey key) {
    this.verifier = verifier;
    this.key = key;
  }

  /**
   * Makes a signer.
   *
   * @param name of the key; a log's is its origin
   * @param seed the key: 32 random bytes, kept secret; not kept by reference
   */
  public static Signer of(String name, VerifierKey.Type type, byte[] seed) {
    PrivateKey key = Ed25519.privateKey(seed);
    return new Signer(new VerifierKey(name, type, Ed25519.publicKey(seed)), key);
  }

  /** What checks its signatures. */
  public VerifierKey verifier() {
    return verifier;
  }

  /**
   * Signs a note's text.
   *
   * @param text ends with a line break
   * @param at when; stands in a cosignature, in whole seconds, and nowhere in a note's signature
   */
  public SignatureLine sign(String text, Instant at) {
    byte[] signature =
        switch (verifier.type()) {
          case NOTE -> Ed25519.sign(key, text.getBytes(StandardCharsets.UTF_8));
          case COSIGNATURE -> Cosignature.sign(key, at.getEpochSecond(), text);
        };
    return new SignatureLine(verifier.name(), verifier.id(), signature);
  }

  /** Signs bytes that are no note, such as a DSSE statement; for a key of type note only. */
  public byte[] signBytes(byte[] message) {
    if (verifier.type() != VerifierKey.Type.NOTE) {
      throw new IllegalStateException("a witness's key signs cosignatures only");
    }
    return Ed25519.sign(key, message);
  }

  /** Names the key; never shows it. */
  @Override
  public String toString() {
    return "Signer[" + verifier + "]";
  }
}
