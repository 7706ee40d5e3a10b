package countersign.log;

import countersign.store.LogRows;
import countersign.store.StoreSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the stored events again and again, from the first to the last that is signed. It rests
 * forty-nine times as long as it works, and a minute between passes, so that nobody feels it.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Watch.class);
  private static final int REST = 49;
  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Tree tree;
  private final StoreSettings store;
  private final Problems problems;
  private final InstantSource clock;
  private final long betweenMillis;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile long verified;
  private volatile @Nullable Instant finishedAt;

  /**
   * Makes it.
   *
   * @param betweenMillis rest between two passes
   */
  Watch(
      Tree tree, StoreSettings store, Problems problems, InstantSource clock, long betweenMillis) {
    this.tree = tree;
    this.store = store;
    this.problems = problems;
    this.clock = clock;
    this.betweenMillis = betweenMillis;
    this.thread = Thread.ofPlatform().name("log-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Events verified in the pass that runs or ran last. */
  long verified() {
    return verified;
  }

  /** When a pass last reached the end without a finding; null for never. */
  @Nullable Instant finishedAt() {
    return finishedAt;
  }

  private void run() {
    try {
      while (!rest(50)) {
        Tree.Signed signed = tree.signed();
        if (signed != null && tree.opened() > 0) {
          try (LogRows rows = LogRows.connect(store, "countersign log watch")) {
            pass(rows, signed);
          } catch (SQLException | IOException | RuntimeException e) {
            if (closed.getCount() > 0) {
              LOG.warnf("verify=interrupted at=%d error=%s", verified, e.getMessage());
            }
          }
          rest(betweenMillis);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(LogRows rows, Tree.Signed signed) throws SQLException, InterruptedException {
    int opened = tree.opened();
    Verification verification = new Verification(rows, tree::read, signed.checkpoint());
    Optional<Verification.Finding> wrong = verification.head();
    while (wrong.isEmpty() && !verification.finished()) {
      long began = System.nanoTime();
      wrong = verification.step();
      verified = verification.verified();
      long worked = System.nanoTime() - began;
      if (rest(TimeUnit.NANOSECONDS.toMillis(Math.max(LEAST_REST_NANOS, worked * REST)))) {
        return;
      }
    }
    if (tree.opened() != opened) {
      return; // What was compared with was made anew meanwhile.
    }
    if (wrong.isEmpty()) {
      finishedAt = clock.instant();
    }
    problems.set(Problems.Source.watch, wrong.map(List::of).orElse(List.of()));
  }

  /** Rests; true when it is closed. */
  private boolean rest(long millis) throws InterruptedException {
    return closed.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
