package countersign.app.observe;

import countersign.app.start.Parts;
import countersign.port.Feed;
import countersign.view.configuration.ReadModels;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the store has been heard of within the lease and the read models run. Says so by kind
 * only: anybody may ask.
 */
@Readiness
@ApplicationScoped
public class Ready implements HealthCheck {
  private final Parts parts;
  private final Feed feed;
  private final ReadModels views;

  /** Looks at these parts. */
  @Inject
  public Ready(Parts parts, Feed feed, ReadModels views) {
    this.parts = parts;
    this.feed = feed;
    this.views = views;
  }

  @Override
  public HealthCheckResponse call() {
    boolean store = parts.started() && feed.leased();
    boolean readModels = parts.started() && views.healthy();
    return HealthCheckResponse.named("countersign")
        .withData("store", store)
        .withData("readModels", readModels)
        .status(store && readModels)
        .build();
  }
}
