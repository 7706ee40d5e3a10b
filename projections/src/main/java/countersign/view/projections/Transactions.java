package countersign.view.projections;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Runs work on the read models, each piece on a duplicated Vert.x context of its own: two sessions
 * on one context fail, and Quarkus refuses a session on a context that is not marked safe. Callable
 * from any thread.
 */
public final class Transactions {
  private final Vertx vertx;
  private final Mutiny.SessionFactory factory;

  /** Works on this factory, whose pool runs on this Vert.x. */
  public Transactions(Vertx vertx, Mutiny.SessionFactory factory) {
    this.vertx = vertx;
    this.factory = factory;
  }

  /**
   * Runs work in one transaction.
   *
   * @return completes after the commit, on an event loop: do not block there
   */
  public <T> CompletableFuture<T> run(Function<Mutiny.Session, Uni<T>> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Context context =
        Objects.requireNonNull(VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()));
    VertxContextSafetyToggle.setContextSafe(context, true);
    context.runOnContext(_ -> {
      try {
        factory
            .withTransaction((session, _) -> work.apply(session))
            .subscribe()
            .with(done::complete, done::completeExceptionally);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }
}
