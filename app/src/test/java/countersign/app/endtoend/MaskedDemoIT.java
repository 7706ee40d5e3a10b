package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real psql of an agent sees people masked, and what is recorded is what it saw. */
final class MaskedDemoIT {
  /** What the demo's rows look like in the clear (DemoRows). */
  private static final List<Pattern> CLEAR =
      List.of(
          Pattern.compile("9\\d\\d-\\d\\d-\\d{4}"),
          Pattern.compile("\\d{15,16}"),
          Pattern.compile("[A-Za-z.]+\\d+@example\\.org"),
          Pattern.compile("\\+1-555-\\d{4}"));

  private static RunningDemo demo;

  @BeforeAll
  static void start() {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void anAgentSeesPeopleMaskedAndTheRecordingHoldsNothingElse() throws Exception {
    Rest ada = demo.as("agent-ada");
    String before = ada.newestSession();
    Path file = Files.createTempFile("people", ".csv");
    String seen =
        Psql.run(
            demo.conninfo("agent-ada", demo.port(6432), "orders"),
            demo.token("agent-ada"),
            "-c",
            "select name, ssn, card_number, email, phone from people where id = 1",
            "-c",
            "select * from people limit 3",
            "-c",
            "select p.city, upper(p.email), c.amount from people p join payments c on"
                + " c.person_id = p.id where p.id = 2 order by c.id limit 2",
            "-c",
            "select row_to_json(p) from people p where id = 3",
            "-c",
            "copy (select id, ssn from people where id = 4) to stdout",
            "-c",
            "\\copy people to '" + file + "' csv",
            "-c",
            "select ssn::int from people where id = 5",
            "-c",
            "select count(*), max(city) from people where ssn is not null",
            "-c",
            "select count(*) from payments");

    assertThat(seen.lines().findFirst().orElseThrow())
        .matches("[^|]+\\|\\[masked \\d{4}]\\|\\[masked \\d{4}]\\|\\[masked]\\|\\[masked]");
    assertThat(seen).contains("\n4\t[masked ", "\n1200|", "\n12000\n", "22P02");
    assertThat(clear(seen)).isEmpty();
    assertThat(clear(Files.readString(file))).isEmpty();
    assertThat(Files.readAllLines(file)).hasSize(1200);
    Files.delete(file);

    JsonNode session = ada.awaitClosedSince(before, 1).getFirst();
    String id = session.path("id").asText();
    try (InputStream out = ada.bytes("sessions/" + id + "/recording?direction=out")) {
      String recorded = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(recorded).contains("[masked]").hasSizeGreaterThan(50_000);
      assertThat(clear(recorded)).isEmpty();
    }
  }

  private static List<String> clear(String text) {
    return CLEAR.stream()
        .flatMap(pattern -> pattern.matcher(text).results())
        .map(result -> result.group())
        .toList();
  }
}
