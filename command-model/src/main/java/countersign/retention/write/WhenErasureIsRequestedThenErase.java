package countersign.retention.write;

import countersign.command.Failures;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Carries erasures through: what was requested while nobody ran at the start, the rest as it comes.
 * What fails is tried again. One virtual thread.
 */
public final class WhenErasureIsRequestedThenErase implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WhenErasureIsRequestedThenErase.class);

  /** How soon it looks without being asked, and how soon a failed erasure is tried again. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final Erasing erasing;
  private final Semaphore asked;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Makes the automation; {@link #start} begins it.
   *
   * @param asked given a permit when an erasure was requested
   */
  public WhenErasureIsRequestedThenErase(Erasing erasing, Semaphore asked) {
    this.erasing = erasing;
    this.asked = asked;
    this.thread = Thread.ofVirtual().name("erasing").unstarted(this::work);
  }

  /** Begins. Called once. */
  public void start() {
    thread.start();
  }

  private void work() {
    try {
      while (!closed) {
        try {
          erasing.run();
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          LOG.errorf("erasure=not completed error=%s action=again", reason(e));
        }
        if (asked.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
          asked.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // Closed; nobody waits for this thread.
      Thread.currentThread().interrupt();
    }
  }

  private static String reason(Exception e) {
    return e instanceof java.util.concurrent.ExecutionException
        ? String.valueOf(Failures.refusal(e).getMessage())
        : String.valueOf(e.getMessage());
  }

  /** Ends it; what is not completed goes on at the next start. Idempotent. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
