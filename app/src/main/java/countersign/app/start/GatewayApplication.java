package countersign.app.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;

/** What runs once everything serves: tells so, and waits to be stopped. */
public final class GatewayApplication implements QuarkusApplication {
  @Override
  public int run(String... arguments) {
    Plan plan = Plan.current();
    if (!plan.stopping().asked()) {
      plan.talk().run();
      Quarkus.waitForExit();
    }
    return 0;
  }
}
