package countersign.api.problem;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/**
 * What stands below {@code /api} and is nothing is a problem document too, never the web UI's first
 * page: the last route of all.
 */
@ApplicationScoped
public class UnknownPath {
  private final ProblemMappers problems;

  /** Writes with these. */
  @Inject
  public UnknownPath(ProblemMappers problems) {
    this.problems = problems;
  }

  void route(@Observes Router router) {
    router
        .route("/api/*")
        .order(Integer.MAX_VALUE)
        .handler(context ->
            context
                .response()
                .setStatusCode(404)
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(
                    io.vertx.core.buffer.Buffer.buffer(
                        problems.write(
                            Problem.of(Problem.Kind.notFound, "there is nothing at this path")))));
  }
}
