package countersign.api.rules;

import countersign.port.Feed;
import countersign.view.Views;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the store answers, decisions may be made, and the read models are not far behind. */
@Readiness
@ApplicationScoped
public class ReadModelsCheck implements AsyncHealthCheck {
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final long FAR_BEHIND = 50_000;

  private final Views views;
  private final Feed feed;

  /** Asks these. */
  @Inject
  public ReadModelsCheck(Views views, Feed feed) {
    this.views = views;
    this.feed = feed;
  }

  @Override
  public Uni<HealthCheckResponse> call() {
    return Uni.createFrom()
        .completionStage(views::lag)
        .ifNoItem()
        .after(LONGEST)
        .fail()
        .map(this::answer)
        .onFailure()
        .recoverWithItem(() -> named().withData("store", "does not answer").down().build());
  }

  private HealthCheckResponse answer(Views.Lag lag) {
    long behind = lag.head() - lag.seen();
    return named()
        .withData("head", lag.head())
        .withData("behind", behind)
        .withData("leased", feed.leased())
        .status(feed.leased() && behind < FAR_BEHIND)
        .build();
  }

  private static HealthCheckResponseBuilder named() {
    return HealthCheckResponse.named("read models");
  }
}
