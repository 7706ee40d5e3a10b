package countersign.app.start;

import countersign.app.demo.DemoIdentityProvider;
import countersign.app.demo.DemoRoutes;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What is served beside the API: the edges' authority, and in the demo its sign-in. */
@ApplicationScoped
class Routes {
  private static final int BEFORE_THE_API = -1;
  private static final List<String> NOT_PAGES = List.of("/api", "/q/", "/demo/");

  /** Adds them while Quarkus builds its router, before it listens. */
  void add(@Observes Router router) throws IOException {
    Plan plan = Plan.current();
    String ca = Files.readString(plan.tls().ca());
    router
        .get("/ca.pem")
        .handler(context ->
            context
                .response()
                .putHeader("Content-Type", "application/x-pem-file")
                .putHeader("Cache-Control", "no-cache")
                .end(ca));
    router.get().order(BEFORE_THE_API).handler(Routes::page);
    DemoIdentityProvider demo = plan.demo();
    if (demo != null) {
      new DemoRoutes(demo).addTo(router);
    }
  }

  /**
   * Gives a browser the application for each of its pages, such as {@code /approvals/apr-…}: the
   * API answers what it does not know with a problem document, before the UI's own fallback.
   */
  private static void page(RoutingContext context) {
    String path = context.normalizedPath();
    String accept = context.request().getHeader("Accept");
    boolean page =
        accept != null
            && accept.contains("text/html")
            && !path.equals("/")
            && path.indexOf('.', path.lastIndexOf('/')) < 0
            && NOT_PAGES.stream().noneMatch(path::startsWith);
    if (page) {
      context.reroute("/");
    } else {
      context.next();
    }
  }
}
