package countersign.app.start;

import countersign.deciding.configuration.Configuration;
import countersign.deciding.configuration.ConfigurationFile;
import countersign.store.StoreSettings;
import countersign.store.postgres.EmbeddedPostgres;
import countersign.store.sealing.MasterKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store for who only reads it: the running one, or the embedded one started for the while.
 * Nothing is migrated or made.
 */
public final class StoreAtRest implements AutoCloseable {
  private final StoreSettings settings;
  private final @Nullable EmbeddedPostgres started;

  private StoreAtRest(StoreSettings settings, @Nullable EmbeddedPostgres started) {
    this.settings = settings;
    this.started = started;
  }

  /**
   * Opens the store of a data directory.
   *
   * @param config the configuration that names the store; null for the embedded one
   * @throws IOException with words for the operator
   */
  public static StoreAtRest open(Path data, @Nullable Path config) throws IOException {
    Path keys = data.resolve("keys");
    if (!Files.isDirectory(keys)) {
      throw new Failure("--data: " + data + " (expected: the data directory of a gateway)");
    }
    MasterKey.Source master = MasterKey::of;
    if (config != null) {
      Configuration configuration =
          ConfigurationFile.read(config.toString(), Files.readString(config));
      master = MasterKeys.source(configuration, System.getenv(), data.resolve("secrets"));
      Configuration.Store store = configuration.store();
      if (store != null) {
        return new StoreAtRest(StorePreparation.reached(store, new char[0], keys, master), null);
      }
    }
    Path home = data.resolve("store");
    Optional<Integer> running = port(home.resolve("data").resolve("postmaster.pid"));
    if (running.isPresent()) {
      return new StoreAtRest(local(running.get(), keys).with(master), null);
    }
    if (!Files.isDirectory(home.resolve("data"))) {
      throw new Failure("--data: " + data + " (expected: an embedded store there, or --config)");
    }
    EmbeddedPostgres postgres = EmbeddedPostgres.start(home, freePort(), Map.of());
    return new StoreAtRest(local(postgres.port(), keys).with(master), postgres);
  }

  private static StoreSettings local(int port, Path keys) {
    return StoreSettings.local(port, StorePreparation.DATABASE, "", new char[0], keys, keys);
  }

  /** The port of the PostgreSQL that runs there: its process lives, and it listens. */
  private static Optional<Integer> port(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    boolean lives =
        lines.size() > 3
            && lines.get(0).matches("[0-9]+")
            && lines.get(3).matches("[0-9]{1,5}")
            && ProcessHandle.of(Long.parseLong(lines.get(0))).isPresent();
    int port = lives ? Integer.parseInt(lines.get(3)) : 0;
    return lives && PortCheck.listening(port) ? Optional.of(port) : Optional.empty();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** How to reach it; for reading as the role that appends. */
  public StoreSettings settings() {
    return settings;
  }

  @Override
  public void close() {
    if (started != null) {
      started.close();
    }
  }
}
