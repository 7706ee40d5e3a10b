package countersign.app.observe;

import countersign.view.Views;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Asks every few seconds how far the read models are behind the log, and says so as a metric. */
@ApplicationScoped
public class ViewsBehind {
  private static final long EVERY_MILLIS = 5_000;

  private final Vertx vertx;
  private final Views views;
  private final AtomicLong behind;
  private final AtomicBoolean asking = new AtomicBoolean();
  private long timer = -1;

  /** Measures these views. */
  @Inject
  public ViewsBehind(Vertx vertx, Views views, MeterRegistry registry) {
    this.vertx = vertx;
    this.views = views;
    // -1 until the first answer, and while there is none.
    this.behind = registry.gauge("countersign.views.behind", new AtomicLong(-1));
  }

  void start(@Observes StartupEvent event) {
    timer = vertx.setPeriodic(EVERY_MILLIS, _ -> ask());
  }

  void stop(@Observes ShutdownEvent event) {
    vertx.cancelTimer(timer);
  }

  private void ask() {
    if (asking.compareAndSet(false, true)) {
      var _ =
          views
              .lag()
              .whenComplete((lag, failure) -> {
                behind.set(failure == null ? lag.head() - lag.seen() : -1);
                asking.set(false);
              });
    }
  }
}
