package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What was erased is nowhere any more: not in a table, not in a file, not in an answer. */
final class ErasureIT {
  private static final String CANARY = "Kanarienvogel4711";

  @Test
  void leavesNothingOfAnErasedSessionAnywhere() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String held = heldAndDenied(demo);
      String read = session(demo, "select '" + CANARY + "'");
      String kept = session(demo, "select 'something else'");
      assertThat(demo.as("frank").all("sessions/" + read + "/operations").toString())
          .contains(CANARY);
      assertThat(
              new String(
                  demo.as("frank").bytes("sessions/" + read + "/recording").readAllBytes(),
                  StandardCharsets.ISO_8859_1))
          .contains(CANARY);
      assertThat(tables(demo)).as("words are sealed while they are kept").doesNotContain(CANARY);

      String hold =
          demo.as("dana")
              .post("holds", "{\"session\":\"" + read + "\",\"reason\":\"case 12\"}")
              .body()
              .path("id")
              .asText();
      Rest.Answer refused = erase(demo, read);
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.body().path("type").asText()).endsWith(":held");
      assertThat(demo.as("dana").post("sessions/" + read + ":erase", REASON).status())
          .isEqualTo(403);
      demo.as("dana").post("holds/" + hold + ":lift", "{\"reason\":\"closed\"}");

      completed(demo, erase(demo, read));
      completed(demo, erase(demo, held));
      forgotten(demo, read, held);
      Rest.Answer again = erase(demo, read);
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.body().path("already").asInt()).isEqualTo(1);
      assertThat(demo.as("frank").all("sessions/" + kept + "/operations").toString())
          .contains("something else");

      // Killed right after it was asked for: the next start carries it through.
      String last = session(demo, "select '" + CANARY + " again'");
      Rest.Answer asked = erase(demo, last);
      demo.killJvm();
      demo.startAgain();
      completed(demo, asked);
      forgotten(demo, read, held, last);
      for (String view : List.of("sessions", "operations", "approvals", "segments")) {
        assertThat(demo.as("erin").post("views/" + view + ":rebuild", "{}").status())
            .isLessThan(300);
      }
      Pause.until(
          "the erased session is listed as such after a rebuild",
          Duration.ofSeconds(30),
          () ->
              demo.as("dana")
                  .tryGet("sessions/" + last)
                  .body()
                  .path("state")
                  .asText()
                  .equals("erased"));
      forgotten(demo, read, held, last);
      assertThat(session(demo, "select 'life goes on'")).isNotEmpty();
    }
  }

  private static final String REASON = "{\"reason\":\"asked by letter\"}";

  private static Rest.Answer erase(RunningDemo demo, String session) {
    return demo.as("erin").post("sessions/" + session + ":erase", REASON);
  }

  private static void completed(RunningDemo demo, Rest.Answer asked) {
    assertThat(asked.status()).as("%s", asked.body()).isEqualTo(200);
    String id = asked.body().path("erasures").get(0).path("id").asText();
    Pause.until(
        "erasure " + id + " is completed",
        Duration.ofSeconds(60),
        () -> demo.as("dana").get("erasures/" + id).path("state").asText().equals("completed"));
    assertThat(demo.as("dana").get("erasures/" + id).path("acknowledged").toString())
        .contains("keys", "read models", "recordings", "timelines", "database files");
  }

  /** Runs one statement and gives its session, once that is closed. */
  private static String session(RunningDemo demo, String sql) {
    String before = demo.as("frank").newestSession();
    Psql.run(
        demo.conninfo("agent-ada", demo.port(6432), "orders")
            + " application_name="
            + (sql.contains(CANARY) ? CANARY : "psql"),
        demo.token("agent-ada"),
        "-c",
        sql);
    return closed(demo, before);
  }

  private static String heldAndDenied(RunningDemo demo) {
    String before = demo.as("frank").newestSession();
    try (Psql psql =
        Psql.open(demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
      psql.type("delete from payments where id = 1 /* " + CANARY + " */;");
      JsonNode approval = demo.as("bob").awaitPending(CANARY);
      demo.as("bob")
          .post(
              "approvals/" + approval.path("id").asText() + ":deny",
              "{\"reason\":\"" + CANARY + " no\"}");
      psql.await("denied");
      psql.finish();
    }
    return closed(demo, before);
  }

  private static String closed(RunningDemo demo, String before) {
    return demo.as("frank").awaitClosedSince(before, 1).getFirst().path("id").asText();
  }

  private static void forgotten(RunningDemo demo, String... sessions) throws Exception {
    for (String session : sessions) {
      JsonNode row = demo.as("dana").get("sessions/" + session);
      assertThat(row.path("state").asText()).isEqualTo("erased");
      assertThat(row.toString()).doesNotContain(CANARY).doesNotContain("agent-ada");
      for (String path : List.of("recording", "recording/index", "timeline", "operations")) {
        Rest.Answer answer = demo.as("frank").tryGet("sessions/" + session + "/" + path);
        assertThat(answer.status()).as(path).isEqualTo(410);
        assertThat(answer.body().path("type").asText()).endsWith(":erased");
      }
      assertThat(demo.as("frank").all("approvals?session=" + session)).isEmpty();
    }
    assertThat(demo.as("frank").all("approvals").toString()).doesNotContain(CANARY);
    assertThat(demo.as("frank").all("sessions").toString()).doesNotContain(CANARY);
    assertThat(tables(demo)).doesNotContain(CANARY);
    assertThat(holding(demo)).as("files that hold the canary").isEmpty();
    assertThat(demo.log()).doesNotContain(CANARY);
  }

  /** Everything that a dump would hold; what is binary is there as hexadecimal digits as well. */
  private static String tables(RunningDemo demo) throws IOException {
    String password = Files.readString(demo.data().resolve("store/password")).strip();
    String store = "host=127.0.0.1 user=postgres dbname=countersign port=" + demo.port(54329);
    String names =
        Psql.run(
            store,
            password,
            "-c",
            "select schemaname || '.' || tablename from pg_tables"
                + " where schemaname in ('log', 'view')");
    List<String> arguments = new ArrayList<>();
    for (String table : names.strip().split("\n")) {
      arguments.addAll(List.of("-c", "copy " + table + " to stdout"));
    }
    assertThat(arguments).hasSizeGreaterThan(10);
    String all = Psql.run(store, password, arguments.toArray(String[]::new));
    String hex = HexFormat.of().formatHex(CANARY.getBytes(StandardCharsets.US_ASCII));
    assertThat(all).contains("SessionOpened");
    return all.replace(hex, CANARY);
  }

  /** Files of the store, its write-ahead log, keys and all else but the target's own. */
  private static List<Path> holding(RunningDemo demo) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(demo.data())) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(f -> !f.startsWith(demo.data().resolve("target")))
              .toList()) {
        try {
          if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(CANARY)) {
            found.add(file);
          }
        } catch (java.nio.file.NoSuchFileException gone) {
          // PostgreSQL removed it meanwhile.
        }
      }
    }
    return found;
  }
}
