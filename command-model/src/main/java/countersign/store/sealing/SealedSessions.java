package countersign.store.sealing;

import countersign.port.SessionSealing;
import countersign.session.SessionId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals rows of read models under a key derived from the session's: AES-256-GCM, random nonce, the
 * session as associated data. 1 byte of format, 16 of the key's id, 12 of nonce, then ciphertext
 * and tag. Thread-safe.
 */
public final class SealedSessions implements SessionSealing {
  private static final byte FORMAT = 1;
  private static final int NONCE = 12;
  private static final int HEAD = 1 + 16 + NONCE;
  private static final byte[] NOTHING = new byte[0];
  private static final ThreadLocal<SecureRandom> RANDOM =
      ThreadLocal.withInitial(SecureRandom::new);
  private static final ThreadLocal<Cipher> CIPHER =
      ThreadLocal.withInitial(SealedSessions::newCipher);

  private final KeyStore keys;

  /** Seals with these keys. */
  public SealedSessions(KeyStore keys) {
    this.keys = keys;
  }

  @Override
  public byte[] seal(SessionId session, byte[] plain) {
    Optional<SealingKey> found = keys.existing(session);
    if (found.isEmpty()) {
      return NOTHING;
    }
    SealingKey key = found.get();
    byte[] nonce = new byte[NONCE];
    RANDOM.get().nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, session).doFinal(plain);
      return ByteBuffer.allocate(HEAD + sealed.length)
          .put(FORMAT)
          .putLong(key.id().getMostSignificantBits())
          .putLong(key.id().getLeastSignificantBits())
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  @Override
  public Optional<byte[]> open(SessionId session, byte[] sealed) {
    if (sealed.length < HEAD || sealed[0] != FORMAT) {
      return Optional.empty();
    }
    ByteBuffer head = ByteBuffer.wrap(sealed, 1, HEAD - 1);
    Optional<SealingKey> key = keys.find(new UUID(head.getLong(), head.getLong()));
    if (key.isEmpty()) {
      return Optional.empty();
    }
    byte[] nonce = new byte[NONCE];
    head.get(nonce);
    try {
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, key.get(), nonce, session)
              .doFinal(sealed, HEAD, sealed.length - HEAD));
    } catch (AEADBadTagException changed) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private static Cipher cipher(int mode, SealingKey key, byte[] nonce, SessionId session)
      throws GeneralSecurityException {
    Cipher cipher = CIPHER.get();
    cipher.init(mode, new SecretKeySpec(key.forViews(), "AES"), new GCMParameterSpec(128, nonce));
    UUID id = session.value();
    cipher.updateAAD(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
    return cipher;
  }
}
