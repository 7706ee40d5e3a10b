package countersign.view.projections;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Views give way to what they tell of: after a batch a view rests, so that under load it takes few
 * large batches, in which an operation comes and ends at once, in place of many small ones. With
 * nothing to do that is some milliseconds.
 */
final class Pace {
  /** It rests so many times as long as it worked. */
  private static final int RESTS = 3;

  private static final Duration LONGEST = Duration.ofMillis(500);

  /** A view that is so far behind rests no longer than it works. */
  private static final Duration BEHIND = Duration.ofSeconds(10);

  private Pace() {}

  /**
   * Waits.
   *
   * @param worked nanoseconds that the batch took
   * @param batch what it was of; null for a token alone
   */
  static CompletableFuture<Void> rest(long worked, @Nullable Batch batch) {
    if (batch == null || batch.events().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    boolean late = batch.events().getLast().at().plus(BEHIND).isBefore(Instant.now());
    long nanos = Math.min(LONGEST.toNanos(), late ? worked : RESTS * worked);
    return CompletableFuture.runAsync(
        () -> {}, CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
  }
}
