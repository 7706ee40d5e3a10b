package countersign.app.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that work on a store without the gateway: where it is. */
final class StoreOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data directory (default: ~/.countersign/data)")
  private Path data = Path.of(System.getProperty("user.home"), ".countersign", "data");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the configuration, where it names a store or a master key of its own")
  private @Nullable Path config;

  Path data() {
    return data.toAbsolutePath().normalize();
  }

  /** The configuration; null for none. */
  @Nullable Path config() {
    return config;
  }
}
