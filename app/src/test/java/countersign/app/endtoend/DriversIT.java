package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Drivers as they are, under the demo agent's duty, over TLS that they verify: they read, look at
 * the catalogue, wait for a held statement, are refused, and go on. Each program is in {@code
 * src/test/drivers}; what is asked with "yes" in a comment or value is approved, all else denied.
 */
final class DriversIT {
  private static final Path PROGRAMS = Path.of("src/test/drivers").toAbsolutePath();
  private static RunningDemo demo;
  private static Path directory;
  private static Path authority;
  private static Thread approver;
  private static volatile boolean over;

  @BeforeAll
  static void start() throws Exception {
    demo = RunningDemo.start();
    directory = Files.createTempDirectory("countersign-drivers");
    authority = directory.resolve("ca.pem");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest asks = HttpRequest.newBuilder(URI.create(demo.url() + "/ca.pem")).build();
      Files.writeString(authority, http.send(asks, HttpResponse.BodyHandlers.ofString()).body());
    }
    approver = Thread.ofVirtual().start(DriversIT::answer);
  }

  @AfterAll
  static void stop() throws Exception {
    over = true;
    if (approver != null) {
      approver.join();
    }
    demo.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    }
  }

  /** Bob, at his screen. */
  private static void answer() {
    Rest bob = demo.as("bob");
    while (!over) {
      for (JsonNode item : bob.get("approvals?state=pending").path("items")) {
        boolean yes = item.toString().contains(" yes");
        bob.post(
            "approvals/" + item.path("id").asText() + (yes ? ":approve" : ":deny"),
            yes ? "{}" : "{\"reason\": \"not that one\"}");
      }
      Pause.millis(100);
    }
  }

  @Test
  void psqlDescribesEverything() throws Exception {
    String said = run(PROGRAMS, "psql", "-X", "-a", "-f", "psql.sql");
    assertThat(said)
        .contains("the answer is 42")
        .contains("DELETE 1")
        .contains("not that one")
        .contains("1 left")
        .endsWith("the end\n");
    assertThat(said.lines().filter(line -> line.contains("ERROR:")).toList())
        .hasSize(5) // one of them twice, by \errverbose
        .noneMatch(line -> line.contains("blocked"));
  }

  @Test
  void pgjdbc() throws Exception {
    WithPgjdbc.run(demo.port(6432), authority, demo.token("agent-ada"));
  }

  @Test
  void psycopg2() throws Exception {
    python("with_psycopg2.py");
  }

  @Test
  void psycopg3() throws Exception {
    python("with_psycopg3.py");
  }

  /** The store's own PostgreSQL 18 brings the library that distributions do not have yet. */
  @Test
  void libpq18WithItsTokenByOauthbearer() throws Exception {
    assertThat(run(PROGRAMS, "/usr/bin/python3", "with_libpq18.py", demo.binaries() + "/../lib"))
        .endsWith("the end\n");
  }

  @Test
  void sqlalchemyReflectsAndFlushes() throws Exception {
    python("with_sqlalchemy.py");
  }

  @Test
  void nodePostgres() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("node-postgres"));
    for (String file : List.of("package.json", "package-lock.json", "with_node_postgres.js")) {
      Files.copy(PROGRAMS.resolve("node-postgres").resolve(file), copy.resolve(file));
    }
    run(copy, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error");
    run(copy, "node", "with_node_postgres.js");
  }

  /** The distribution's Python, which has the distribution's drivers. */
  private static void python(String program) throws Exception {
    run(PROGRAMS, "/usr/bin/python3", "-W", "ignore", program);
  }

  private static String run(Path where, String... line) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", "");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(line)))
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("PGHOST", "localhost");
    builder.environment().put("PGPORT", Integer.toString(demo.port(6432)));
    builder.environment().put("PGUSER", "agent-ada");
    builder.environment().put("PGDATABASE", "orders");
    builder.environment().put("PGPASSWORD", demo.token("agent-ada"));
    builder.environment().put("PGSSLMODE", "verify-full");
    builder.environment().put("PGSSLROOTCERT", authority.toString());
    builder.environment().put("PAGER", "cat");
    Process process = builder.start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as("%s ended; it said:\n%s", List.of(line), said).isTrue();
    assertThat(process.exitValue()).as("%s", said).isZero();
    return said;
  }
}
