package countersign.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.store.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The ways to one PostgreSQL: straight, through pgbouncer (where installed), through the edge. */
final class PostgresRoutes implements AutoCloseable {
  private static final String PASSWORD = "bench-password";
  private static final List<String> CONTRACTS = List.of("statement", "strict", "buffered");
  private final Path folder;
  private final EmbeddedPostgres target;
  private final List<Route> routes = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final String url;
  private long pooler;
  private long gateway;

  /**
   * One way.
   *
   * @param edge whether it goes through the edge
   */
  record Route(String name, String conninfo, Map<String, String> environment, boolean edge) {
    Route at(int port) {
      return new Route(
          name, conninfo.replaceFirst("port=[0-9]+", "port=" + port), environment, edge);
    }

    int port() {
      return Integer.parseInt(conninfo.replaceFirst(".*port=([0-9]+).*", "$1"));
    }
  }

  private PostgresRoutes(Path folder, EmbeddedPostgres target, int offset) {
    this.folder = folder;
    this.target = target;
    this.url = "http://localhost:" + (8080 + offset);
  }

  static PostgresRoutes start() throws IOException, InterruptedException, SQLException {
    Path folder = Files.createTempDirectory("countersign-bench");
    int port = Scratch.freePort();
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

  /**
   * CPU time of every process so far in microseconds: {@code edge} is the whole gateway's, {@code
   * store} its PostgreSQL's, {@code client} what pgbench and psql used.
   */
  Map<String, Long> cpuMicros() throws IOException {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("client", Processes.childrenMicros(ProcessHandle.current().pid()));
    all.put("target", Processes.treeMicros(postmaster()));
    if (pooler != 0) {
      all.put("pgbouncer", Processes.cpuMicros(pooler));
    }
    all.put("edge", Processes.cpuMicros(gateway));
    all.put("store", Processes.treeMicros(gateway) - Processes.cpuMicros(gateway));
    return all;
  }

  private long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(target.data().resolve("postmaster.pid")).getFirst());
  }

  /** Whether every session at the edge has ended, and its record is whole. */
  boolean quiet() throws IOException, InterruptedException {
    return sessions("state=open").isEmpty();
  }

  /**
   * Bytes of both directions in the recordings of sessions that are closed.
   *
   * @param after sessions opened after this instant
   */
  long recordedBytes(Instant after) throws IOException, InterruptedException {
    long bytes = 0;
    for (JsonNode session : sessions("state=closed")) {
      if (Instant.parse(session.path("openedAt").asText()).isAfter(after)) {
        bytes += session.path("bytesIn").asLong() + session.path("bytesOut").asLong();
      }
    }
    return bytes;
  }

  private List<JsonNode> sessions(String which) throws IOException, InterruptedException {
    List<JsonNode> sessions = new ArrayList<>();
    String cursor = "";
    do {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(url + "/api/v1/sessions?" + which + "&limit=500" + cursor))
                      .header("Authorization", "Bearer " + token("frank"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      JsonNode page = new ObjectMapper().readTree(response.body());
      page.path("items").forEach(sessions::add);
      cursor = page.hasNonNull("next") ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return sessions;
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
        new Route("direct", conninfo(port, "app", "bench"), Map.of("PGPASSWORD", PASSWORD), false));
  }

  private void pgbouncer(int port) throws IOException, InterruptedException {
    Optional<Path> program = Processes.find("pgbouncer");
    if (program.isEmpty()) {
      System.err.println("bench: no pgbouncer (apt-get install pgbouncer): measured without it");
      return;
    }
    int listen = Scratch.freePort();
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
            "pgbouncer", conninfo(listen, "app", "bench"), Map.of("PGPASSWORD", PASSWORD), false));
    pooler = process.pid();
  }

  private void edge(int port, int offset) throws IOException, InterruptedException {
    Path config = folder.resolve("bench.yaml");
    Files.writeString(
        config,
        """
        apiVersion: countersign/v1
        secrets: [BENCH_PW]
        targets:
        %s
        duties:
          - name: bench
            groups: [engineers]
            targets: [statement, strict]
            rules:
              - {allow: [read]}
          - name: bench-buffered
            groups: [engineers]
            targets: [buffered]
            recording: buffered
            rules:
              - {allow: [read]}
        """
            .formatted(
                CONTRACTS.stream()
                    .map(contract -> target(contract, port))
                    .collect(Collectors.joining("\n"))));
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
    for (String contract : CONTRACTS) {
      routes.add(
          new Route(
              contract, conninfo(6432 + offset, "alice", contract), new TokenEnvironment(), true));
    }
    gateway = process.pid();
  }

  /** The same database under a loss contract, with a mask on a column of what is measured. */
  private static String target(String contract, int port) {
    return """
      - name: %1$s
        type: postgres
        address: "127.0.0.1:%2$d/bench"
        tls: disable
        credential: {username: app, password: "${env:BENCH_PW}"}
        protect:
          recording: %1$s
          mask: [{columns: ["public.pgbench_accounts.abalance"], with: hide}]\
    """
        .formatted(contract, port);
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
    Scratch.delete(folder);
  }
}
