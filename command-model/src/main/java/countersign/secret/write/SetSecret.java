package countersign.secret.write;

import countersign.event.KeyScope;
import countersign.identity.Principal;
import countersign.secret.SecretEvent;
import countersign.secret.SecretKeeping;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.Tags;
import countersign.store.Urgency;
import countersign.store.sealing.SealedSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sets credentials: the event first, then the file. Thread-safe; never blocks its caller. */
public final class SetSecret implements SecretKeeping, AutoCloseable {
  private final EventLog log;
  private final SealedSecrets secrets;
  private final InstantSource clock;
  private final ExecutorService writing = Executors.newVirtualThreadPerTaskExecutor();

  /** Keeps them in these files, and notes it in this log. */
  public SetSecret(EventLog log, SealedSecrets secrets, InstantSource clock) {
    this.log = log;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Void> set(String name, byte[] value, Principal by) {
    try {
      SealedSecrets.requireName(name);
      SealedSecrets.requireValue(value);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    SecretEvent event = new SecretEvent.Set(clock.instant(), name, by);
    Draft draft = Draft.of(event, new KeyScope.OfStore(), Tags.of(event));
    return log.append(new Item(List.of(draft), null, Urgency.decision))
        .thenAcceptAsync(_ -> store(name, value), writing);
  }

  private void store(String name, byte[] value) {
    try {
      secrets.set(name, value);
    } catch (IOException e) {
      throw new UncheckedIOException("secret: cannot be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    writing.shutdown();
  }
}
