package countersign.store.sealing;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The key of a session, or of the store: what an event's own key is derived from. */
public final class SealingKey {
  private final UUID id;
  private final byte[] extracted;
  private final CompletableFuture<Void> durable;

  SealingKey(UUID id, byte[] key, CompletableFuture<Void> durable) {
    this.id = id;
    this.extracted = Hkdf.extract(key);
    this.durable = durable;
  }

  /** Names the key beside what it sealed. */
  public UUID id() {
    return id;
  }

  /**
   * Completes when the key is fsynced: nothing sealed with it may be appended before. Completes
   * exceptionally with an {@link java.io.IOException} when the key store cannot be written.
   */
  public CompletableFuture<Void> durable() {
    return durable;
  }

  byte[] extracted() {
    return extracted;
  }

  @Override
  public String toString() {
    return "SealingKey[" + id + "]";
  }
}
