package countersign.store.sealing;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The key of a session, or of the store: what an event's own key is derived from. */
public final class SealingKey {
  private final UUID id;
  private final byte[] extracted;
  private final CompletableFuture<Void> durable;
  private volatile byte @Nullable [] forViews;

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

  /** What seals rows of read models; derived once. */
  byte[] forViews() {
    byte[] derived = forViews;
    if (derived == null) {
      derived =
          new Hkdf().expand(extracted, "countersign/view/v1".getBytes(StandardCharsets.US_ASCII));
      forViews = derived;
    }
    return derived;
  }

  @Override
  public String toString() {
    return "SealingKey[" + id + "]";
  }
}
