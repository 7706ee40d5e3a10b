package countersign.store.sealing;

import countersign.verifier.Leaf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and opens one event at a time: AES-256-GCM under a key that is this event's alone
 * (HKDF-SHA256 of the session's key and the event's id), so one event can be disclosed without its
 * session. The nonce is twelve zero bytes: the key is used once. Thread-safe; ciphers are kept and
 * used again.
 */
public final class Sealer {
  private static final byte[] INFO = "countersign/event/v1".getBytes(StandardCharsets.US_ASCII);
  private static final GCMParameterSpec NONCE = new GCMParameterSpec(128, new byte[12]);
  private static final int KEPT = 64;
  private final ConcurrentLinkedQueue<Tools> idle = new ConcurrentLinkedQueue<>();

  /**
   * Sealed bytes and the commitment to the key that opens them.
   *
   * @param bytes ciphertext and 16 bytes of tag
   * @param commitment see {@link Leaf#commitment}
   */
  public record Sealed(byte[] bytes, byte[] commitment) {}

  /** Seals; an event id must never be sealed twice with different bytes. */
  public Sealed seal(SealingKey key, Envelope envelope, byte[] plain) {
    Tools tools = take();
    try {
      byte[] eventKey = eventKey(tools, key, envelope);
      tools.cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(eventKey, "AES"), NONCE);
      tools.cipher.updateAAD(envelope.associated());
      return new Sealed(tools.cipher.doFinal(plain), Leaf.commitment(eventKey));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    } finally {
      give(tools);
    }
  }

  /** Opens; empty when bytes, envelope or key are not those that were sealed. */
  public Optional<byte[]> open(SealingKey key, Envelope envelope, byte[] sealed) {
    Tools tools = take();
    try {
      byte[] eventKey = eventKey(tools, key, envelope);
      tools.cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(eventKey, "AES"), NONCE);
      tools.cipher.updateAAD(envelope.associated());
      return Optional.of(tools.cipher.doFinal(sealed));
    } catch (AEADBadTagException tampered) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    } finally {
      give(tools);
    }
  }

  /** The key of one event, which opens that event and nothing else: what disclosing it takes. */
  public byte[] eventKey(SealingKey key, Envelope envelope) {
    Tools tools = take();
    try {
      return eventKey(tools, key, envelope);
    } finally {
      give(tools);
    }
  }

  private static byte[] eventKey(Tools tools, SealingKey key, Envelope envelope) {
    byte[] id = envelope.idBytes();
    byte[] info = new byte[INFO.length + id.length];
    System.arraycopy(INFO, 0, info, 0, INFO.length);
    System.arraycopy(id, 0, info, INFO.length, id.length);
    return tools.hkdf.expand(key.extracted(), info);
  }

  private Tools take() {
    Tools tools = idle.poll();
    return tools == null ? new Tools() : tools;
  }

  private void give(Tools tools) {
    if (idle.size() < KEPT) {
      idle.add(tools);
    }
  }

  private static final class Tools {
    private final Hkdf hkdf = new Hkdf();
    private final Cipher cipher;

    Tools() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("AES-GCM is part of every JDK", e);
      }
    }
  }
}
