package countersign.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.store.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The ways to one PostgreSQL: straight, through pgbouncer (where installed), through the edge. */
final class PostgresRoutes implements AutoCloseable {
  private static final String PASSWORD = "bench-password";
  private final Path folder;
  private final EmbeddedPostgres target;
  private final List<Route> routes = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final String url;

  /**
   * One way.
   *
   * @param pid the process in the middle, 0 for none
   */
  record Route(String name, String conninfo, Map<String, String> environment, long pid) {
    long cpuMicros() throws IOException {
      return pid == 0 ? 0 : Processes.cpuMicros(pid);
    }
  }

  private PostgresRoutes(Path folder, EmbeddedPostgres target, int offset) {
    this.folder = folder;
    this.target = target;
    this.url = "http://localhost:" + (8080 + offset);
  }

  static PostgresRoutes start() throws IOException, InterruptedException, SQLException {
    Path folder = Files.createTempDirectory("countersign-bench");
    int port = freePort();
    EmbeddedPostgres target =
        EmbeddedPostgres.start(folder.resolve("target"), port, Map.of("max_connections", "200"));
    int offset = 2000 + (int) (ProcessHandle.current().pid() % 5000);
    PostgresRoutes routes = new PostgresRoutes(folder, target, offset);
    try {
      routes.fill(port);
      routes.direct(port);
      routes.pgbouncer(port);
      routes.edge(port, offset);
      return routes;
    } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
      routes.close();
      throw e;
    }
  }

  List<Route> all() {
    return List.copyOf(routes);
  }

  /** Bytes in the recordings of all closed sessions. */
  long recordedBytes() throws IOException, InterruptedException {
    long bytes = 0;
    String cursor = "";
    do {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(url + "/api/v1/sessions?state=closed&limit=500" + cursor))
                      .header("Authorization", "Bearer " + token("frank"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      JsonNode page = new ObjectMapper().readTree(response.body());
      for (JsonNode session : page.path("items")) {
        bytes += session.path("bytesIn").asLong() + session.path("bytesOut").asLong();
      }
      cursor = page.hasNonNull("next") ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return bytes;
  }

  private void fill(int port) throws SQLException, IOException, InterruptedException {
    target.createDatabase("bench");
    try (Connection connection = target.connect("bench");
        Statement statement = connection.createStatement()) {
      statement.execute("create role app login password '" + PASSWORD + "'");
      statement.execute("grant all on schema public to app");
    }
    Processes.run(
        Map.of("PGPASSWORD", PASSWORD),
        List.of(Processes.pgbench(), "-i", "-q", "-s", "10", conninfo(port, "app", "bench")));
  }

  private void direct(int port) {
    routes.add(
        new Route("direct", conninfo(port, "app", "bench"), Map.of("PGPASSWORD", PASSWORD), 0));
  }

  private void pgbouncer(int port) throws IOException, InterruptedException {
    Optional<Path> program = Processes.find("pgbouncer");
    if (program.isEmpty()) {
      System.err.println("bench: no pgbouncer (apt-get install pgbouncer): measured without it");
      return;
    }
    int listen = freePort();
    Path ini = folder.resolve("pgbouncer.ini");
    Files.writeString(
        ini,
        """
        [databases]
        bench = host=127.0.0.1 port=%d dbname=bench user=app password=%s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = session
        default_pool_size = 100
        max_client_conn = 200
        ignore_startup_parameters = extra_float_digits
        log_connections = 0
        log_disconnections = 0
        """
            .formatted(port, PASSWORD, listen));
    List<String> line = new ArrayList<>(List.of("setsid", program.get().toString(), "-q"));
    if (System.getProperty("user.name").equals("root")) {
      line.addAll(List.of("-u", "nobody"));
      Files.setPosixFilePermissions(
          folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    line.add(ini.toString());
    Process process = launch(line, Map.of(), "pgbouncer.log");
    TimeUnit.SECONDS.sleep(1);
    routes.add(
        new Route(
            "pgbouncer",
            conninfo(listen, "app", "bench"),
            Map.of("PGPASSWORD", PASSWORD),
            process.pid()));
  }

  private void edge(int port, int offset) throws IOException, InterruptedException {
    Path config = folder.resolve("bench.yaml");
    Files.writeString(
        config,
        """
        apiVersion: countersign/v1
        secrets: [BENCH_PW]
        targets:
          - name: bench
            type: postgres
            address: "127.0.0.1:%d"
            tls: disable
            credential: {username: app, password: "${env:BENCH_PW}"}
        duties:
          - name: bench
            groups: [engineers]
            targets: [bench]
            rules:
              - {allow: [read]}
        """
            .formatted(port));
    Process process =
        launch(
            List.of(
                "setsid",
                Path.of("countersign").toAbsolutePath().toString(),
                "demo",
                "--data",
                folder.resolve("demo").toString(),
                "--port-offset",
                Integer.toString(offset),
                "--config",
                config.toString()),
            Map.of("BENCH_PW", PASSWORD),
            "demo.log");
    Path log = folder.resolve("demo.log");
    for (int i = 0; !Files.readString(log).contains("Countersign is ready"); i++) {
      if (i > 1200 || !process.isAlive()) {
        throw new IOException("the edge did not start:\n" + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    // pgbench reconnects with the same token for as long as the run lasts: sessions stay open.
    routes.add(
        new Route(
            "edge",
            conninfo(6432 + offset, "alice", "bench"),
            new TokenEnvironment(),
            process.pid()));
  }

  /** A fresh token for every program that is started: they live for minutes only. */
  private final class TokenEnvironment extends java.util.AbstractMap<String, String> {
    @Override
    public java.util.Set<Entry<String, String>> entrySet() {
      try {
        return Map.of("PGPASSWORD", token("alice")).entrySet();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private String token(String name) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + "/demo/token?as=" + name))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }

  private Process launch(List<String> line, Map<String, String> environment, String log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(log).toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private static String conninfo(int port, String user, String database) {
    return "host=127.0.0.1 port="
        + port
        + " user="
        + user
        + " dbname="
        + database
        + " sslmode=disable";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.destroy();
    }
    for (Process process : processes) {
      process.onExit().completeOnTimeout(process, 60, TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
    target.close();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    }
  }
}
