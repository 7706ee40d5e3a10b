package countersign.app.start;

import countersign.retention.Forgetting;
import countersign.session.SessionId;
import countersign.view.Page;
import countersign.view.Views;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The rows of the read models, which follow the request of an erasure by themselves: waits until
 * they have, and looks whether anything of the sessions is still listed.
 */
final class ReadModelRows implements Forgetting {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final long ANSWER_SECONDS = 15;

  private final Views views;

  ReadModelRows(Views views) {
    this.views = views;
  }

  @Override
  public String name() {
    return "read models";
  }

  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("read-model-rows")
        .start(() -> {
          try {
            await(sessions, position);
            done.complete(null);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done.completeExceptionally(e);
          } catch (ExecutionException | TimeoutException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private void await(Set<SessionId> sessions, long position)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (answer(views.lag()).seen() < position) {
      pause(deadline, "read models: behind the erasure");
    }
    for (SessionId session : sessions) {
      while (!gone(session.toString())) {
        pause(deadline, "read models: session " + session + " is still listed");
      }
    }
  }

  private boolean gone(String session)
      throws InterruptedException, ExecutionException, TimeoutException {
    Page.Request one = new Page.Request(1, null, "");
    return answer(views.session(session)).filter(row -> row.erasedAt() == null).isEmpty()
        && answer(views.operations(session, one)).items().isEmpty()
        && answer(views.approvals(Map.of("session", session), one)).items().isEmpty()
        && answer(views.segments(session, 0)).isEmpty();
  }

  private static void pause(long deadline, String why) throws InterruptedException {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException(why + " after " + PATIENCE.toSeconds() + " s");
    }
    Thread.sleep(100);
  }

  private static <T> T answer(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }
}
