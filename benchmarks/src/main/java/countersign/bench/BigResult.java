package countersign.bench;

import countersign.bench.PostgresRoutes.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A large result, by psql: how many bytes a second come through each way. */
final class BigResult {
  private BigResult() {}

  /** What is read; rows have a little less than 1,000 bytes. */
  enum Kind {
    result("select repeat('x', 990)"),
    maskedResult("select repeat('x', 985), abalance"),
    copy("select repeat('x', 990)");

    private final String select;

    Kind(String select) {
      this.select = select;
    }

    String sql(long rows) {
      String query = select + " from pgbench_accounts a, (values (1), (2), (3)) b limit " + rows;
      return this == copy ? "copy (" + query + ") to stdout" : query;
    }
  }

  static Map<String, Object> measure(
      PostgresRoutes routes, BenchOptions options, Kind kind, double goal)
      throws IOException, InterruptedException {
    long rows = options.big() / 1000;
    Map<String, List<Double>> speeds = new LinkedHashMap<>();
    for (int i = 0; i < options.rounds(); i++) {
      for (Route route : routes.all()) {
        speeds
            .computeIfAbsent(route.name(), _ -> new ArrayList<>())
            .add(rows * 990 / seconds(route, kind.sql(rows)) / 1e6);
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", kind + " of " + rows * 990 + " bytes");
    System.out.printf("%n%s of %d MB%n", kind, rows * 990 / 1_000_000);
    double pooler = PostgresBench.median(speeds.getOrDefault("pgbouncer", List.of()));
    for (Route route : routes.all()) {
      List<Double> all = speeds.getOrDefault(route.name(), List.of());
      double speed = PostgresBench.median(all);
      System.out.printf(
          "  %-10s %7.1f MB/s  %.2f of pgbouncer%s%n",
          route.name(),
          speed,
          speed / pooler,
          route.edge()
              ? String.format(" (goal %.2f: %s)", goal, speed / pooler >= goal ? "met" : "MISSED")
              : "");
      result.put(route.name(), Map.of("megabytesPerSecond", speed, "rounds", all));
    }
    return result;
  }

  private static double seconds(Route route, String sql) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Processes.run(
        route.environment(),
        List.of("psql", "-X", "-q", "-A", "-t", "-o", "/dev/null", "-c", sql, route.conninfo()));
    return (System.nanoTime() - start) / 1e9;
  }
}
