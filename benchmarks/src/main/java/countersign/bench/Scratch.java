package countersign.bench;

import countersign.store.Migrations;
import countersign.store.StoreSettings;
import countersign.store.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Places that a benchmark makes for itself and takes away again. */
final class Scratch {
  private Scratch() {}

  /** A TCP port that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Makes an empty log in a cluster, in database {@code log}, with keys in a directory. */
  static StoreSettings emptyLog(EmbeddedPostgres postgres, Path directory) throws Exception {
    postgres.createDatabase("log");
    StoreSettings settings =
        StoreSettings.local(
            postgres.port(),
            "log",
            postgres.user(),
            postgres.password(),
            directory.resolve("keys"),
            postgres.data());
    Migrations.run(settings);
    return settings;
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
