package countersign.app.start;

import countersign.deciding.configuration.ConfigurationErrors;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The way up and down that {@code demo} and {@code start} share. */
public final class Launch {
  private static final Logger LOG = Logger.getLogger(Launch.class);

  private Launch() {}

  /** Prepares everything that must stand before Quarkus starts. */
  public interface Preparation {
    /**
     * Prepares, adding to {@code stopping} what must be ended.
     *
     * @return the plan to run; null when there was nothing to run and all is said
     * @throws IOException with words for the person who started it
     */
    @Nullable Plan prepare(Stopping stopping) throws IOException;
  }

  /**
   * Prepares, runs until told to stop, and ends everything in order.
   *
   * @param err where words for the person go
   * @return exit code
   */
  public static int run(Preparation preparation, PrintStream err) {
    Stopping stopping = new Stopping();
    stopping.listen();
    try {
      Plan plan = preparation.prepare(stopping);
      return plan == null ? 0 : serve(plan, err);
    } catch (ConfigurationErrors e) {
      e.errors().forEach(err::println);
      return 1;
    } catch (Failure e) {
      err.println(e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println("countersign: " + reason(e));
      return 1;
    } finally {
      stopping.end();
    }
  }

  private static int serve(Plan plan, PrintStream err) {
    plan.use();
    ProcessConfigSource.set(QuarkusSettings.of(plan));
    AtomicInteger code = new AtomicInteger(1);
    plan.stopping().quarkusRuns(true);
    try {
      Quarkus.run(
          GatewayApplication.class,
          (exit, failed) -> {
            code.set(exit);
            if (failed != null) {
              err.println("countersign: could not start: " + reason(failed));
              LOG.error("start failed", failed);
            }
          });
    } finally {
      plan.stopping().quarkusRuns(false);
    }
    return code.get();
  }

  private static String reason(Throwable failed) {
    Throwable root = failed;
    while (root.getCause() != null && !(root instanceof Failure)) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
