package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens a sealed event with its own key: AES-256-GCM, a nonce of twelve zero bytes (the key is used
 * once), the event's envelope as associated data. Not thread-safe: it keeps its cipher.
 */
final class Opening {
  private static final GCMParameterSpec NONCE = new GCMParameterSpec(128, new byte[12]);
  private final Cipher cipher;

  Opening() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /**
   * Opens the sealed bytes of an event.
   *
   * @return empty when the bytes are not those that the leaf commits to, the key is not the one, or
   *     they do not open as this event
   */
  Optional<byte[]> open(Leaf leaf, byte[] sealed, byte[] key) {
    if (key.length != 32
        || !MessageDigest.isEqual(Leaf.commitment(key), leaf.key())
        || !MessageDigest.isEqual(Spool.sha256().digest(sealed), leaf.sealed())) {
      return Optional.empty();
    }
    try {
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), NONCE);
      cipher.updateAAD(associated(leaf));
      return Optional.of(cipher.doFinal(sealed));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Id, version, session (zeros for none), number in the session (-1 for none), type. */
  private static byte[] associated(Leaf leaf) {
    byte[] type = leaf.type().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(16 + 4 + 16 + 8 + type.length);
    bytes.putLong(leaf.id().getMostSignificantBits()).putLong(leaf.id().getLeastSignificantBits());
    bytes.putInt(leaf.version());
    bytes.putLong(leaf.session() == null ? 0 : leaf.session().getMostSignificantBits());
    bytes.putLong(leaf.session() == null ? 0 : leaf.session().getLeastSignificantBits());
    return bytes.putLong(leaf.sessionSeq()).put(type).array();
  }
}
