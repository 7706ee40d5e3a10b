package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Prints how the edge compares with the target itself; the log is in memory. */
@EnabledIfSystemProperty(named = "long", matches = ".*throughput.*")
class ThroughputTest {

  @Test
  void comparesPgbenchThroughTheEdgeWithDirect() throws Exception {
    Path script = Files.createTempFile("bench", ".sql");
    Files.writeString(
        script, "\\set n random(1, 1000)\nselect amount from payments where id = :n;\n");
    try (Bench bench = new Bench()) {
      for (int clients : List.of(1, 8)) {
        for (int round = 0; round < 3; round++) {
          double direct =
              tps(script, clients, bench.target.port(), "app", TargetServer.PASSWORD, "postgres");
          double edge = tps(script, clients, bench.edge.port(), "agent-ada", "good", "orders");
          bench.control.events.clear();
          System.out.printf(
              "clients=%d direct=%.0f edge=%.0f ratio=%.2f%n",
              clients, direct, edge, edge / direct);
          assertThat(edge).isPositive();
        }
      }
    } finally {
      Files.delete(script);
    }
  }

  private static double tps(
      Path script, int clients, int port, String user, String password, String database) {
    ProcessBuilder builder =
        new ProcessBuilder(
            "pgbench",
            "-n",
            "-M",
            "prepared",
            "-f",
            script.toString(),
            "-c",
            "" + clients,
            "-T",
            "5",
            "-h",
            "127.0.0.1",
            "-p",
            "" + port,
            "-U",
            user,
            database);
    builder.environment().put("PGPASSWORD", password);
    try {
      Psql.Said said = Psql.wait(builder.start());
      Matcher found = Pattern.compile("tps = ([0-9.]+)").matcher(said.out());
      assertThat(found.find()).as(said.err()).isTrue();
      return Double.parseDouble(found.group(1));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
