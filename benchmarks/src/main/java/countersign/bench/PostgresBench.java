package countersign.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * pgbench straight to PostgreSQL, through pgbouncer in session pooling and through the edge with
 * gate, duties and recording on: interleaved rounds, medians with min and max, ratios, CPU per
 * transaction of the process in the middle. Writes {@code target/bench/postgres.json}.
 *
 * <p>Arguments: {@code --rounds N} (default 5), {@code --seconds N} per round (8), {@code --warmup
 * N} seconds a route (15), {@code --big BYTES} of the large result (200000000).
 */
public final class PostgresBench {
  private static final int[] CLIENTS = {1, 8, 32};
  private static final List<String> PROTOCOLS = List.of("prepared", "simple");

  private PostgresBench() {}

  /** One measured round. */
  private record Round(double tps, double latencyMs, double cpuMicros) {}

  /** Runs the benchmark. */
  public static void main(String... arguments) throws Exception {
    BenchOptions options = BenchOptions.parse(arguments);
    List<Map<String, Object>> results = new ArrayList<>();
    try (PostgresRoutes routes = PostgresRoutes.start()) {
      System.err.println("bench: warming up");
      for (PostgresRoutes.Route route : routes.all()) {
        for (String protocol : PROTOCOLS) {
          pgbench(route, protocol, 8, Math.max(1, options.warmup() / PROTOCOLS.size()));
        }
      }
      for (String protocol : PROTOCOLS) {
        for (int clients : CLIENTS) {
          results.add(selectOnly(routes, options, protocol, clients));
        }
      }
      results.add(big(routes, options, "result"));
      results.add(big(routes, options, "copy"));
      System.out.printf(
          "recorded by the edge: %d bytes of sessions that are closed%n", routes.recordedBytes());
    }
    Path file = Files.createDirectories(Path.of("target", "bench")).resolve("postgres.json");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
    System.err.println("bench: written to " + file);
  }

  private static Map<String, Object> selectOnly(
      PostgresRoutes routes, BenchOptions options, String protocol, int clients)
      throws IOException, InterruptedException {
    Map<String, List<Round>> rounds = new LinkedHashMap<>();
    for (int i = 0; i < options.rounds(); i++) {
      for (PostgresRoutes.Route route : routes.all()) {
        rounds
            .computeIfAbsent(route.name(), _ -> new ArrayList<>())
            .add(pgbench(route, protocol, clients, options.seconds()));
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", "select-only " + protocol + ", clients " + clients);
    System.out.printf("%nselect-only, %s, %d clients%n", protocol, clients);
    double direct = median(rounds, "direct", Round::tps);
    double pooler = rounds.containsKey("pgbouncer") ? median(rounds, "pgbouncer", Round::tps) : 0;
    rounds.forEach((name, all) -> {
      double tps = median(rounds, name, Round::tps);
      System.out.printf(
          "  %-10s %9.0f tps (%.0f–%.0f)  %.3f ms  %5.1f µs CPU/txn  %.2f of direct  %s%n",
          name,
          tps,
          all.stream().mapToDouble(Round::tps).min().orElse(0),
          all.stream().mapToDouble(Round::tps).max().orElse(0),
          median(rounds, name, Round::latencyMs),
          median(rounds, name, Round::cpuMicros),
          tps / direct,
          pooler == 0 ? "" : String.format("%.2f of pgbouncer", tps / pooler));
      result.put(
          name,
          Map.of(
              "tps", tps,
              "latencyMs", median(rounds, name, Round::latencyMs),
              "cpuMicros", median(rounds, name, Round::cpuMicros),
              "ofDirect", tps / direct,
              "rounds", all.stream().map(Round::tps).toList()));
    });
    return result;
  }

  private static Round pgbench(
      PostgresRoutes.Route route, String protocol, int clients, int seconds)
      throws IOException, InterruptedException {
    long cpu = route.cpuMicros();
    String output =
        Processes.run(
            route.environment(),
            List.of(
                Processes.pgbench(),
                "-n",
                "-S",
                "-M",
                protocol,
                "-c",
                Integer.toString(clients),
                "-j",
                "2",
                "-T",
                Integer.toString(seconds),
                route.conninfo()));
    double transactions = number(output, "number of transactions actually processed: ");
    return new Round(
        number(output, "tps = "),
        number(output, "latency average = "),
        (route.cpuMicros() - cpu) / Math.max(1, transactions));
  }

  private static Map<String, Object> big(PostgresRoutes routes, BenchOptions options, String kind)
      throws IOException, InterruptedException {
    long rows = options.big() / 1000;
    String select =
        "select repeat('x', 990) from pgbench_accounts a, (values (1), (2), (3)) b limit " + rows;
    String sql = kind.equals("copy") ? "copy (" + select + ") to stdout" : select;
    Map<String, List<Double>> speeds = new LinkedHashMap<>();
    for (int i = 0; i < options.rounds(); i++) {
      for (PostgresRoutes.Route route : routes.all()) {
        long start = System.nanoTime();
        Processes.run(
            route.environment(),
            List.of(
                "psql", "-X", "-q", "-A", "-t", "-o", "/dev/null", "-c", sql, route.conninfo()));
        double seconds = (System.nanoTime() - start) / 1e9;
        speeds
            .computeIfAbsent(route.name(), _ -> new ArrayList<>())
            .add(rows * 990 / seconds / 1e6);
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", kind + " of " + rows * 990 + " bytes");
    System.out.printf("%n%s of %d MB%n", kind, rows * 990 / 1_000_000);
    double pooler = speeds.containsKey("pgbouncer") ? median(speeds.get("pgbouncer")) : 0;
    speeds.forEach((name, all) -> {
      System.out.printf(
          "  %-10s %7.1f MB/s  %s%n",
          name,
          median(all),
          pooler == 0 ? "" : String.format("%.2f of pgbouncer", median(all) / pooler));
      result.put(name, Map.of("megabytesPerSecond", median(all), "rounds", all));
    });
    return result;
  }

  private static double median(
      Map<String, List<Round>> rounds, String name, ToDoubleFunction<Round> of) {
    List<Round> all = rounds.getOrDefault(name, List.of());
    return median(all.stream().map(of::applyAsDouble).toList());
  }

  private static double median(@org.jspecify.annotations.Nullable List<Double> values) {
    if (values == null || values.isEmpty()) {
      return 0;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static double number(String output, String after) {
    int at = output.indexOf(after);
    if (at < 0) {
      throw new IllegalStateException("pgbench did not say '" + after + "':\n" + output);
    }
    String rest = output.substring(at + after.length());
    return Double.parseDouble(rest.split("[^0-9.]", 2)[0]);
  }
}
