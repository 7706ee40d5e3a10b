package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a TCP tap sees between psql and the edge is, byte for byte, what is recorded. */
final class ByteTapIT {
  private static RunningDemo demo;
  private Tap tap;
  private String before = "";

  @BeforeAll
  static void start() {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @BeforeEach
  void tap() throws IOException {
    tap = new Tap(demo.port(6432));
    before = demo.as("frank").newestSession();
  }

  @AfterEach
  void untap() throws IOException {
    tap.close();
  }

  @Test
  void fiveHundredMixedStatements() throws Exception {
    List<String> script = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      script.add("select id, amount from payments where id = " + (100 + i) + ";");
      script.add("update people set name = name where id = " + (1 + i % 50) + ";");
      script.add("begin;");
      script.add("select 'ünï' || " + i + ", null, '';");
      script.add(i % 3 == 0 ? "rollback;" : "commit;");
      if (i % 10 == 0) {
        script.add("select 1/0;");
        script.add("this is not sql;");
        script.add("grant select on people to public;");
      }
    }
    Path file = Files.createTempFile("statements", ".sql");
    Files.write(file, script);

    psql("alice", "-f", file.toString());

    Files.delete(file);
    assertRecordedAsSeen("alice");
  }

  @Test
  void heldModifiedDeniedAndCancelledOnes() throws Exception {
    try (Psql psql = Psql.onTerminal(conninfo("agent-ada"), demo.token("agent-ada"))) {
      psql.type("delete from payments where id = 901;");
      answer("= 901;", "approve", "{}");
      psql.await("DELETE 1");
      psql.type("delete from payments where id = 902;");
      answer("= 902;", "deny", "{\"reason\": \"nö\"}");
      psql.await("42501");
      psql.type("delete from payments where id = 903;");
      answer("= 903;", "modify", "{\"text\": \"delete from payments where id = 904\"}");
      psql.await("DELETE 1\r\n");
      psql.take();
      psql.type("delete from payments where id = 905;");
      psql.await("countersign: held");
      psql.controlC();
      psql.await("57014");
      psql.type("select 'at ' || 'the end';");
      psql.await("at the end");
      psql.type("\\q");
      psql.finish();
    }
    assertRecordedAsSeen("agent-ada");
  }

  @Test
  void aResultOfTwoHundredMegabytes() throws Exception {
    psql(
        "alice",
        "-o",
        "/dev/null",
        "-c",
        "select a.id, repeat('x', 1000) from payments a cross join (values (1),(2),(3),(4),(5),(6),"
            + "(7),(8),(9),(10),(11),(12),(13),(14),(15),(16),(17),(18),(19),(20)) b limit 200000");
    long bytes = assertRecordedAsSeen("alice");
    assertThat(bytes).isGreaterThan(190_000_000L);
  }

  @Test
  void copyInAndOut() throws Exception {
    Path file = Files.createTempFile("people", ".csv");
    psql("alice", "-c", "\\copy (select id, name, email from people) to '" + file + "' csv");
    assertThat(Files.size(file)).isGreaterThan(10_000);
    assertRecordedAsSeen("alice");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      rows.append(1_000_000 + i).append(",1,12.50,EUR,paid,card,2026-01-01\n");
    }
    Files.writeString(file, rows);

    psql(
        "alice",
        "-c",
        "\\copy payments (id, person_id, amount, currency, status, method, created_at) from '"
            + file
            + "' csv");

    Files.delete(file);
    assertRecordedAsSeen("alice");
  }

  @Test
  void binaryResultsOfADriver() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", "alice");
    properties.setProperty("password", demo.token("alice"));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("prepareThreshold", "-1");
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + tap.port() + "/orders", properties);
        PreparedStatement select =
            connection.prepareStatement(
                "select id, amount, created_at from payments where id > ? and id < ?")) {
      for (int from = 100; from < 200; from += 10) {
        select.setInt(1, from);
        select.setInt(2, from + 10);
        try (ResultSet rows = select.executeQuery()) {
          int count = 0;
          while (rows.next()) {
            assertThat(rows.getBigDecimal(2)).isPositive();
            count++;
          }
          assertThat(count).isEqualTo(9);
        }
      }
    }
    assertRecordedAsSeen("alice");
  }

  @Test
  void binaryCopy() throws Exception {
    Path file = Files.createTempFile("payments", ".bin");
    psql(
        "alice",
        "-c",
        "\\copy (select id, amount, created_at from payments) to '"
            + file
            + "' with (format binary)");
    assertThat(Files.size(file)).isGreaterThan(100_000);
    Files.delete(file);
    assertRecordedAsSeen("alice");
  }

  @Test
  void preparedAndTimed() throws Exception {
    Path script = Files.createTempFile("bench", ".sql");
    Files.writeString(
        script, "\\set id random(10, 500)\nselect id, amount from payments where id = :id;\n");
    ProcessBuilder bench =
        new ProcessBuilder(
            pgbench(),
            "-n",
            "-M",
            "prepared",
            "-c",
            "4",
            "-t",
            "200",
            "-f",
            script.toString(),
            conninfo("alice"));
    bench.environment().put("PGPASSWORD", demo.token("alice"));
    Process process = bench.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    Files.delete(script);
    assertThat(output).contains("number of transactions actually processed: 800/800");
    assertRecordedAsSeen("alice");
  }

  private void answer(String text, String verb, String body) {
    JsonNode approval = demo.as("bob").awaitPending(text);
    Rest.Answer answer =
        demo.as("bob").post("approvals/" + approval.path("id").asText() + ":" + verb, body);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
  }

  private String conninfo(String name) {
    return demo.conninfo(name, tap.port(), "orders");
  }

  private void psql(String name, String... arguments) {
    Psql.run(conninfo(name), demo.token(name), arguments);
  }

  /** Compares every tapped connection with the recording of its session; answers bytes compared. */
  private long assertRecordedAsSeen(String name) throws Exception {
    List<Tap.Tapped> tapped = tap.sessions();
    assertThat(tapped).isNotEmpty();
    Rest rest = demo.as(name);
    List<JsonNode> sessions = rest.awaitClosedSince(before, tapped.size());
    long compared = 0;
    // Sessions that ran side by side have no order that the tap knows: match them by content.
    for (Tap.Tapped connection : tapped) {
      JsonNode match = null;
      for (JsonNode session : sessions) {
        String path = "sessions/" + session.path("id").asText() + "/recording?direction=";
        if (same(rest.bytes(path + "out"), TappedStream.out(connection.out())) < 0
            && same(rest.bytes(path + "in"), TappedStream.in(connection.in())) < 0) {
          match = session;
          break;
        }
      }
      assertThat(match)
          .as(
              "a recording equal to the tapped connection; %s",
              difference(rest, sessions, connection))
          .isNotNull();
      sessions.remove(match);
      compared += Files.size(connection.in()) + Files.size(connection.out());
    }
    return compared;
  }

  private static String difference(Rest rest, List<JsonNode> sessions, Tap.Tapped connection)
      throws IOException {
    StringBuilder all = new StringBuilder();
    for (JsonNode session : sessions) {
      String path = "sessions/" + session.path("id").asText() + "/recording?direction=";
      all.append(session.path("id").asText())
          .append(": in differs at ")
          .append(same(rest.bytes(path + "in"), TappedStream.in(connection.in())))
          .append(", out at ")
          .append(same(rest.bytes(path + "out"), TappedStream.out(connection.out())))
          .append("; ");
    }
    return all.toString();
  }

  /** Offset of the first difference, -1 when equal. */
  private static long same(InputStream first, InputStream second) throws IOException {
    try (InputStream a = new BufferedInputStream(first, 1 << 16);
        InputStream b = new BufferedInputStream(second, 1 << 16)) {
      byte[] x = new byte[1 << 16];
      byte[] y = new byte[1 << 16];
      long offset = 0;
      while (true) {
        int n = a.readNBytes(x, 0, x.length);
        int m = b.readNBytes(y, 0, y.length);
        int mismatch = java.util.Arrays.mismatch(x, 0, n, y, 0, m);
        if (mismatch >= 0) {
          return offset + mismatch;
        }
        if (n == 0) {
          return -1;
        }
        offset += n;
      }
    }
  }

  static String pgbench() throws IOException {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, "pgbench"))) {
        return Path.of(folder, "pgbench").toString();
      }
    }
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(v -> v.resolve("bin/pgbench"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }
}
