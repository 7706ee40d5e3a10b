package countersign.app.cli;

import countersign.app.demo.Demo;
import countersign.app.demo.DemoOptions;
import countersign.app.start.Start;
import countersign.app.start.StartOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands that run the gateway itself. */
final class RunCommands {
  private RunCommands() {}

  @Command(
      name = "demo",
      mixinStandardHelpOptions = true,
      description =
          "Runs everything in one process, on an embedded PostgreSQL, with a demo target and demo"
              + " people. Ctrl-C stops it; what it recorded stays.")
  static final class DemoCommand implements Callable<Integer> {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "where everything is kept (default: ~/.countersign/demo)")
    private Path data = Path.of(System.getProperty("user.home"), ".countersign", "demo");

    @Option(
        names = "--port-offset",
        paramLabel = "N",
        defaultValue = "0",
        description = "added to every port (default: ${DEFAULT-VALUE})")
    private int portOffset;

    @Option(names = "--fresh", description = "throw away what DIR holds first")
    private boolean fresh;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "your own targets and duties, added to the demo's")
    private @Nullable Path config;

    @Option(
        names = "--print-config",
        description = "print the whole demo as a configuration for start, and end")
    private boolean printConfig;

    @Override
    public Integer call() {
      if (portOffset < 0 || portOffset > 10_000) {
        throw new Api.Failed("--port-offset: " + portOffset + " (expected: 0 to 10000)");
      }
      return Demo.run(
          new DemoOptions(data.toAbsolutePath(), portOffset, fresh, config, printConfig));
    }
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description =
          "Runs the gateway from one YAML file, on an embedded PostgreSQL where it names no store.")
  static final class StartCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", required = true, description = "the YAML file")
    private Path config = Path.of("");

    @Option(
        names = "--role",
        defaultValue = "all",
        description = "all; edge and control come with release 0.4 (default: ${DEFAULT-VALUE})")
    private String role = "all";

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "keys, certificates and the embedded store (default: ~/.countersign/data)")
    private @Nullable Path data;

    @Override
    public Integer call() {
      return Start.run(new StartOptions(config, role, data));
    }
  }
}
