package countersign.command;

import countersign.port.AppendRefused;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs command handlers, each on a virtual thread of its own and never on the sender's: senders may
 * be event loops. At most {@link #MOST} at a time; a further one is refused as {@code overloaded}.
 *
 * <p>Commands of one entity run one after the other in this process. That only saves futile work:
 * what decides is the condition of the append, which other processes see as well.
 */
public final class Workers implements AutoCloseable {
  /** Commands at a time, waiting ones included. */
  public static final int MOST = 2_000;

  private static final int ATTEMPTS = 10;
  private static final int STRIPES = 256;
  private static final long ANSWER_SECONDS = 10;

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(MOST);
  private final Lock[] stripes = new Lock[STRIPES];

  /** Makes workers that {@link #close} ends. */
  public Workers() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new ReentrantLock();
    }
  }

  /**
   * Runs an attempt, and again while somebody else is first, a bounded number of times.
   *
   * @param entity commands of equal entities do not run at once
   * @param attempt reads, decides, appends; throws what the sender gets
   * @return completes with what the attempt returned or threw
   */
  public <T> CompletableFuture<T> run(Object entity, Callable<T> attempt) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new AppendRefused(
              AppendRefused.Reason.overloaded, "commands: " + MOST + " are running already"));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      executor.execute(() -> work(entity, attempt, result));
    } catch (RejectedExecutionException e) {
      room.release();
      return CompletableFuture.failedFuture(
          new AppendRefused(AppendRefused.Reason.storeDown, "commands are no longer taken"));
    }
    return result;
  }

  private <T> void work(Object entity, Callable<T> attempt, CompletableFuture<T> result) {
    try {
      result.complete(inTurn(entity, attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(
          new AppendRefused(AppendRefused.Reason.storeDown, "commands are no longer run"));
    } catch (Exception e) {
      result.completeExceptionally(e);
    } finally {
      room.release();
    }
  }

  private <T> T inTurn(Object entity, Callable<T> attempt) throws Exception {
    Lock turn = stripes[Math.floorMod(entity.hashCode(), STRIPES)];
    if (!turn.tryLock(ANSWER_SECONDS, TimeUnit.SECONDS)) {
      throw new AppendRefused(
          AppendRefused.Reason.overloaded, entity + ": too many commands wait for their turn");
    }
    try {
      return again(attempt);
    } finally {
      turn.unlock();
    }
  }

  private static <T> T again(Callable<T> attempt) throws Exception {
    for (int left = ATTEMPTS - 1; ; left--) {
      try {
        return attempt.call();
      } catch (RuntimeException | ExecutionException e) {
        if (left == 0 || !Failures.lostRace(e)) {
          throw Failures.refusal(e);
        }
        Thread.sleep(ThreadLocalRandom.current().nextLong(1, 5L * (ATTEMPTS - left) + 2));
      }
    }
  }

  /** Waits, on a worker's thread, for what the store answers; bounded. */
  public static <T> T await(CompletableFuture<T> answer)
      throws InterruptedException, ExecutionException {
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AppendRefused(
          AppendRefused.Reason.storeDown, "the store did not answer in " + ANSWER_SECONDS + " s");
    }
  }

  /** Takes no more and interrupts what runs. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
