package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stops, restarts, taken ports and a store that does not answer. */
final class HardDaysIT {

  @Test
  void startsAgainOnTheSameDataWithAllEarlierSessionsThere() {
    try (RunningDemo demo = RunningDemo.start()) {
      Psql.run(
          demo.conninfo("alice", demo.port(6432), "orders"),
          demo.token("alice"),
          "-c",
          "select 'before the stop'");
      int before = demo.as("frank").awaitClosedSince("", 1).size();

      assertThat(demo.stop()).as("exit code after Ctrl-C").isZero();
      demo.startAgain();

      List<JsonNode> sessions = demo.as("frank").all("sessions?sort=-openedAt");
      assertThat(sessions).hasSize(before);
      assertThat(sessions)
          .allSatisfy(s -> assertThat(s.path("state").asText()).isEqualTo("closed"));
      assertThat(
              demo.as("frank")
                  .all("sessions/" + sessions.getFirst().path("id").asText() + "/operations"))
          .anySatisfy(o -> assertThat(o.path("text").asText()).contains("before the stop"));
    }
  }

  @Test
  void namesATakenPortItsOwnerAndAWayOut() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      Process second =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath().toString(),
                  "demo",
                  "--data",
                  Files.createTempDirectory("second").toString(),
                  "--port-offset",
                  Integer.toString(demo.port(0)))
              .redirectErrorStream(true)
              .start();
      String output = new String(second.getInputStream().readAllBytes());
      assertThat(second.waitFor()).as(output).isEqualTo(1);
      assertThat(output)
          .contains(Integer.toString(demo.port(8080)))
          .containsPattern("java|countersign")
          .contains("--port-offset");
    }
  }

  @Test
  void refusesWhileTheStoreDoesNotAnswerAndWorksAgainAfterwards() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String conninfo = demo.conninfo("alice", demo.port(6432), "orders");
      String token = demo.token("alice");
      List<String> store = processesOf(demo, "store");
      try (Psql psql = Psql.open(conninfo, token)) {
        psql.type("select 'warm';");
        psql.await("warm");
        signal("-STOP", store);
        try {
          psql.type("update payments set amount = 0.01 where id = 60;");
          Pause.until(
              "the statement is refused, psql so far: " + psql.output(),
              Duration.ofSeconds(60),
              () -> psql.output().contains("countersign"));
        } finally {
          signal("-CONT", store);
        }
      }
      Pause.until(
          "new sessions work again",
          Duration.ofSeconds(60),
          () -> Psql.run(conninfo, token, "-c", "select 41 + 1").contains("42"));
      String amount =
          Psql.run(conninfo, token, "-c", "select amount from payments where id = 60").strip();
      assertThat(new java.math.BigDecimal(amount)).isGreaterThan(new java.math.BigDecimal("0.01"));
    }
  }

  private static void signal(String name, List<String> pids) throws Exception {
    List<String> line = new ArrayList<>(List.of("kill", name));
    line.addAll(pids);
    new ProcessBuilder(line).redirectErrorStream(true).start().waitFor();
  }

  /** The postmaster of a cluster below the data directory, and its children. */
  private static List<String> processesOf(RunningDemo demo, String cluster) throws IOException {
    List<String> pids = new ArrayList<>();
    try (Stream<Path> files = Files.walk(demo.data(), 4)) {
      for (Path file :
          files
              .filter(f -> f.endsWith("postmaster.pid") && f.toString().contains(cluster))
              .toList()) {
        long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
        pids.add(Long.toString(pid));
        ProcessHandle.of(pid)
            .ifPresent(p -> p.descendants().forEach(c -> pids.add(Long.toString(c.pid()))));
      }
    }
    assertThat(pids).as("processes of the %s below %s", cluster, demo.data()).isNotEmpty();
    return pids;
  }
}
