package countersign.app.start;

import countersign.app.demo.DemoIdentityProvider;
import countersign.app.demo.DemoRoutes;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;

/** What is served beside the API: the edges' authority, and in the demo its sign-in. */
@ApplicationScoped
class Routes {
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
    DemoIdentityProvider demo = plan.demo();
    if (demo != null) {
      new DemoRoutes(demo).addTo(router);
    }
  }
}
