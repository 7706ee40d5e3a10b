package countersign.app.demo;

import countersign.app.start.DataDirectory;
import countersign.app.start.Failure;
import countersign.app.start.Launch;
import countersign.app.start.MasterKeys;
import countersign.app.start.Plan;
import countersign.app.start.PortCheck;
import countersign.app.start.Ports;
import countersign.app.start.Stopping;
import countersign.app.start.StorePreparation;
import countersign.app.tls.EdgeCertificates;
import countersign.deciding.configuration.Configuration;
import countersign.store.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code countersign demo}: the same parts as {@code start}, on loopback, with a target,
 * people and an identity provider of its own.
 */
public final class Demo {
  private static final String LOOPBACK = "127.0.0.1";

  private final DemoOptions options;
  private final PrintStream out;
  private final PrintStream err;

  private Demo(DemoOptions options, PrintStream out, PrintStream err) {
    this.options = options;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the demo until it is told to stop.
   *
   * @param options what was asked for
   * @return exit code: 0 after a clean stop, 1 with words on stderr when it could not start
   */
  public static int run(DemoOptions options) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    return Launch.run(new Demo(options, out, err)::prepare, err);
  }

  private @Nullable Plan prepare(Stopping stopping) throws IOException {
    String url = "http://localhost:" + port(Ports.HTTP);
    DemoConfiguration configured =
        DemoConfiguration.of(options.config(), issuer(url), url, port(Ports.DEMO_TARGET));
    if (options.printConfig()) {
      out.print(configured.yaml());
      out.flush();
      return null;
    }
    Configuration configuration = configured.configuration();
    DataDirectory data = DataDirectory.take(options.data());
    stopping.add("data directory", data);
    EmbeddedPostgres.endLeftover(data.path().resolve("store"));
    EmbeddedPostgres.endLeftover(data.path().resolve("target"));
    requireFreePorts();
    if (options.fresh()) {
      say("throwing away what " + data.path() + " holds");
      data.empty();
    }
    say("starting the store and the demo's target");
    StorePreparation store = startDatabases(configuration, data, stopping);
    say("starting the gateway");
    return new Plan(
        data.path(),
        configuration,
        store.settings(),
        new Plan.Address(LOOPBACK, port(Ports.HTTP)),
        new Plan.Address(LOOPBACK, port(Ports.POSTGRES)),
        options.portOffset(),
        url,
        new EdgeCertificates(data.path().resolve("tls"), Clock.systemUTC()).ensure(),
        DemoIdentityProvider.open(data.secret("identity"), issuer(url), Clock.systemUTC()),
        stopping,
        () -> DemoTalk.print(out, url, port(Ports.POSTGRES), options.portOffset() != 0));
  }

  /** Both at a time: most of it is waiting for disks and for PostgreSQL to answer. */
  private StorePreparation startDatabases(
      Configuration configuration, DataDirectory data, Stopping stopping) throws IOException {
    Path password = data.secret("secrets").resolve(DemoConfiguration.PASSWORD);
    FutureTask<DemoTarget> target =
        new FutureTask<>(() -> {
          DemoTarget started =
              DemoTarget.start(data.path().resolve("target"), port(Ports.DEMO_TARGET), password);
          stopping.add("demo target", started);
          return started;
        });
    Thread.ofVirtual().name("demo-target").start(target);
    try {
      return StorePreparation.embedded(
          data,
          port(Ports.STORE),
          MasterKeys.source(configuration, System.getenv(), data.secret("secrets")),
          stopping);
    } finally {
      join(target);
    }
  }

  /** Also after a failure: what is half started must be known before everything is stopped. */
  private static void join(FutureTask<DemoTarget> target) throws IOException {
    try {
      target.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new IOException("demo target: " + reason(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "no reason given" : String.valueOf(cause.getMessage());
  }

  private static String issuer(String url) {
    return url + "/demo";
  }

  private void requireFreePorts() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("web UI and API", port(Ports.HTTP));
    ports.put("PostgreSQL edge", port(Ports.POSTGRES));
    ports.put("store", port(Ports.STORE));
    ports.put("demo target", port(Ports.DEMO_TARGET));
    Ports.requireFree(LOOPBACK, ports, sameLineElsewhere());
  }

  /** The command line again, with the next hundred of ports that are free. */
  private String sameLineElsewhere() {
    int offset = options.portOffset();
    do {
      offset += 100;
    } while (offset < 10_000 && anyTaken(offset));
    StringBuilder line =
        new StringBuilder("./countersign demo --data " + quoted(options.data().toString()));
    line.append(" --port-offset ").append(offset);
    if (options.fresh()) {
      line.append(" --fresh");
    }
    if (options.config() != null) {
      line.append(" --config ").append(quoted(options.config().toString()));
    }
    return line.toString();
  }

  private static boolean anyTaken(int offset) {
    for (int port : new int[] {Ports.HTTP, Ports.POSTGRES, Ports.STORE, Ports.DEMO_TARGET}) {
      if (PortCheck.taken(LOOPBACK, port + offset)) {
        return true;
      }
    }
    return false;
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private int port(int standard) {
    int port = standard + options.portOffset();
    if (port > 65_535) {
      throw new Failure("--port-offset: " + options.portOffset() + " (expected: 0 to 10000)");
    }
    return port;
  }

  private void say(String progress) {
    err.println("countersign: " + progress);
  }
}
