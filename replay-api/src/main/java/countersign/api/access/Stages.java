package countersign.api.access;

import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for stages on virtual threads: every wait of the API has a bound. */
public final class Stages {
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private Stages() {}

  /**
   * Waits for an answer.
   *
   * @throws ProblemException {@code unavailable} when none comes within 15 seconds
   * @throws CompletionException with the stage's failure
   */
  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ProblemException(Problem.Kind.unavailable, "the store did not answer in time");
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.Kind.unavailable, "stopping");
    }
  }

  /**
   * Lets some time pass before something is looked at again.
   *
   * @throws ProblemException {@code unavailable} when the program stops meanwhile
   */
  public static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.Kind.unavailable, "stopping");
    }
  }
}
