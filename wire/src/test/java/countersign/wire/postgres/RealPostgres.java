package countersign.wire.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL of this machine, one for all tests of the module; stopped and removed at the
 * end.
 */
public final class RealPostgres {
  private static RealPostgres shared;

  private final Path binaries;
  private final Path directory;
  private final int port;
  private final Process server;

  /** The shared server; a machine without one fails the test, for nothing would be proved. */
  public static synchronized RealPostgres shared() {
    Path binaries = binaries();
    if (binaries == null) {
      throw new IllegalStateException(
          "/usr/lib/postgresql: no server (expected: Debian's package postgresql, which"
              + " ./countersign test installs)");
    }
    if (shared == null) {
      try {
        shared = new RealPostgres(binaries);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return shared;
  }

  private static Path binaries() {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  private RealPostgres(Path binaries) throws IOException, InterruptedException {
    this.binaries = binaries;
    directory = Files.createTempDirectory("countersign-wire");
    if (root()) {
      output(List.of("chown", "nobody", directory.toString()));
    }
    Path data = directory.resolve("data");
    output(
        unprivileged(
            binaries.resolve("initdb").toString(),
            "-D",
            data.toString(),
            "-U",
            "app",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8"));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server =
        new ProcessBuilder(
                unprivileged(
                    binaries.resolve("postgres").toString(),
                    "-D",
                    data.toString(),
                    "-p",
                    "" + port,
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=" + directory,
                    "-c",
                    "timezone=UTC",
                    "-c",
                    "fsync=off"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    for (int i = 0; i < 600 && !ready(); i++) {
      Thread.sleep(50);
    }
  }

  private boolean ready() throws IOException {
    return Files.readString(directory.resolve("log"), StandardCharsets.ISO_8859_1)
        .contains("ready to accept connections");
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static List<String> unprivileged(String... command) {
    List<String> all = new ArrayList<>();
    if (root()) {
      all.addAll(
          List.of("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--"));
    }
    all.addAll(Arrays.asList(command));
    return all;
  }

  /** Where it listens on 127.0.0.1; user {@code app}, no password. */
  public int port() {
    return port;
  }

  /** Runs one of PostgreSQL's own programs against a port; answers what it printed. */
  public String client(String program, int at, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of("-h", "127.0.0.1", "-p", "" + at, "-U", "app"));
    command.addAll(Arrays.asList(arguments));
    return output(command);
  }

  /** Runs SQL directly; one unaligned line for each row. */
  public List<String> rows(String sql) {
    return client("psql", port, "-d", "postgres", "-X", "-At", "-c", sql).lines().toList();
  }

  private static String output(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("PGSSLMODE", "disable");
      builder.environment().put("PGGSSENCMODE", "disable");
      builder.environment().put("PGOPTIONS", "");
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stop() {
    server.destroy();
    try {
      if (!server.waitFor(10, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
