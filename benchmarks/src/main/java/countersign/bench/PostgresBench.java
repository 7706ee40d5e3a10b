package countersign.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.bench.PostgresRoutes.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * pgbench straight to PostgreSQL, through pgbouncer in session pooling and through the edge under
 * each loss contract with gate, duties, recording and a mask on a column of the result: interleaved
 * rounds, medians with min and max, ratios, CPU per transaction of every process. What is recorded
 * is compared with what was relayed. Writes {@code target/bench/postgres.json}.
 *
 * <p>Arguments: {@code --rounds N} (default 5), {@code --seconds N} per round (8), {@code --warmup
 * N} seconds a route (15; three times as long at the edge, whose code is compiled meanwhile),
 * {@code --big BYTES} of the large result (200000000).
 */
public final class PostgresBench {
  private static final int[] CLIENTS = {1, 8, 32};
  private static final List<String> PROTOCOLS = List.of("prepared", "simple");

  /** Shares of pgbouncer's transactions, by contract and clients (docs: performance). */
  private static final Map<String, Double> GOALS =
      Map.of(
          "statement 8", 0.42,
          "statement 32", 0.65,
          "strict 8", 0.25,
          "strict 32", 0.45,
          "buffered 8", 0.9,
          "buffered 32", 0.9);

  private static final double LIMIT_SHARE = 0.7;
  private static final double BIG_GOAL = 0.95;

  /** The grammar alone is compiled for a minute after a start: so many times the warm-up. */
  private static final int COMPILING = 3;

  /** After so long what served a round has ended, and its CPU time counts for who waited for it. */
  private static final long SETTLED_MILLIS = 500;

  private PostgresBench() {}

  /**
   * One measured round.
   *
   * @param cpu microseconds a transaction of each process
   * @param recorded recorded bytes a transaction; 0 beside the edge
   */
  private record Round(double tps, double latencyMs, Map<String, Double> cpu, double recorded) {}

  /** Runs the benchmark. */
  public static void main(String... arguments) throws Exception {
    BenchOptions options = BenchOptions.parse(arguments);
    List<Map<String, Object>> results = new ArrayList<>();
    try (PostgresRoutes routes = PostgresRoutes.start();
        OwnLimit append = OwnLimit.open()) {
      System.err.println("bench: warming up");
      for (Route route : routes.all()) {
        for (String protocol : PROTOCOLS) {
          int seconds = options.warmup() * (route.edge() ? COMPILING : 1) / PROTOCOLS.size();
          pgbench(routes, route, protocol, 8, Math.max(1, seconds));
        }
      }
      append.warmUp(options.warmup());
      double bytes = relayed(routes);
      for (String protocol : PROTOCOLS) {
        for (int clients : CLIENTS) {
          results.add(selectOnly(routes, append, options, protocol, clients, bytes));
        }
      }
      for (BigResult.Kind kind : BigResult.Kind.values()) {
        results.add(BigResult.measure(routes, options, kind, BIG_GOAL));
      }
    }
    Path file = Files.createDirectories(Path.of("target", "bench")).resolve("postgres.json");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
    System.err.println("bench: written to " + file);
  }

  /**
   * Counts the bytes between client and edge from outside: they must be those recorded.
   *
   * @return bytes of one prepared transaction
   */
  private static double relayed(PostgresRoutes routes) throws IOException, InterruptedException {
    double each = 0;
    for (Route route : routes.all()) {
      if (!route.edge()) {
        continue;
      }
      try (RelayedBytes counting = new RelayedBytes(route.port())) {
        Instant start = Instant.now();
        String output = pgbench(route.at(counting.port()), "prepared", 4, List.of("-t", "1000"));
        long relayed = counting.count();
        long recorded = recorded(routes, start);
        System.out.printf("%s: relayed %d bytes, recorded %d%n", route.name(), relayed, recorded);
        if (relayed != recorded) {
          throw new IllegalStateException("the recording is not what was relayed");
        }
        each = relayed / number(output, "number of transactions actually processed: ");
      }
    }
    return each;
  }

  private static long recorded(PostgresRoutes routes, Instant start)
      throws IOException, InterruptedException {
    for (int i = 0; !routes.quiet(); i++) {
      if (i > 300) {
        throw new IOException("sessions do not end at the edge");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return routes.recordedBytes(start);
  }

  private static Map<String, Object> selectOnly(
      PostgresRoutes routes,
      OwnLimit append,
      BenchOptions options,
      String protocol,
      int clients,
      double bytes)
      throws IOException, InterruptedException {
    Map<String, List<Round>> rounds = new LinkedHashMap<>();
    List<Double> appends = new ArrayList<>();
    for (int i = 0; i < options.rounds(); i++) {
      for (Route route : routes.all()) {
        rounds
            .computeIfAbsent(route.name(), _ -> new ArrayList<>())
            .add(pgbench(routes, route, protocol, clients, options.seconds()));
      }
      appends.add(append.perSecond(clients, options.seconds()));
    }
    double direct = median(rounds, "direct", Round::tps);
    double pooler = rounds.containsKey("pgbouncer") ? median(rounds, "pgbouncer", Round::tps) : 0;
    double limit = Math.min(direct, median(appends));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", "select-only " + protocol + ", clients " + clients);
    result.put("appendsPerSecond", appends);
    System.out.printf(
        "%nselect-only, %s, %d clients; appends alone %.0f/s%n",
        protocol, clients, median(appends));
    rounds.forEach((name, all) -> {
      double tps = median(rounds, name, Round::tps);
      double of = pooler == 0 ? Double.NaN : tps / pooler;
      System.out.printf(
          "  %-10s %7.0f tps (%.0f–%.0f)  %.3f ms  %.2f of direct  %.2f of pgbouncer%s%s%n",
          name,
          tps,
          all.stream().mapToDouble(Round::tps).min().orElse(0),
          all.stream().mapToDouble(Round::tps).max().orElse(0),
          median(rounds, name, Round::latencyMs),
          tps / direct,
          of,
          goal(GOALS.get(name + " " + clients), of),
          name.equals("statement")
              ? String.format("  %.2f of its limit%s", tps / limit, goal(LIMIT_SHARE, tps / limit))
              : "");
      System.out.println("             CPU µs/txn: " + cpu(all));
      result.put(
          name,
          Map.of(
              "tps", tps,
              "latencyMs", median(rounds, name, Round::latencyMs),
              "ofDirect", tps / direct,
              "ofPgbouncer", of,
              "cpuMicros", all.stream().map(Round::cpu).toList(),
              "recordedBytesPerTransaction", median(rounds, name, Round::recorded),
              "rounds", all.stream().map(Round::tps).toList()));
    });
    whole(rounds, protocol.equals("prepared") ? bytes : 0);
    return result;
  }

  private static String goal(@org.jspecify.annotations.Nullable Double goal, double reached) {
    return goal == null
        ? ""
        : String.format(" (goal %.2f: %s)", goal, reached >= goal ? "met" : "MISSED");
  }

  private static String cpu(List<Round> rounds) {
    return rounds.getFirst().cpu().keySet().stream()
        .map(process ->
            process
                + String.format(
                    " %.1f", median(rounds.stream().map(r -> r.cpu().get(process)).toList())))
        .collect(Collectors.joining(", "));
  }

  /** Numbers in texts are of different lengths; a recorder that loses something loses more. */
  private static void whole(Map<String, List<Round>> rounds, double bytes) {
    for (Map.Entry<String, List<Round>> each : rounds.entrySet()) {
      for (Round round : each.getValue()) {
        if (round.recorded() > 0 && round.recorded() < bytes * 0.98) {
          throw new IllegalStateException(
              each.getKey()
                  + ": recorded "
                  + round.recorded()
                  + " bytes a transaction (expected: "
                  + bytes
                  + ")");
        }
      }
    }
  }

  private static Round pgbench(
      PostgresRoutes routes, Route route, String protocol, int clients, int seconds)
      throws IOException, InterruptedException {
    Map<String, Long> before = routes.cpuMicros();
    Instant start = Instant.now();
    String output =
        pgbench(route, protocol, clients, List.of("-j", "2", "-T", Integer.toString(seconds)));
    TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
    long recorded = route.edge() ? recorded(routes, start) : 0;
    double transactions =
        Math.max(1, number(output, "number of transactions actually processed: "));
    Map<String, Double> cpu = new LinkedHashMap<>();
    routes
        .cpuMicros()
        .forEach((process, now) -> {
          cpu.put(process, (now - before.getOrDefault(process, 0L)) / transactions);
        });
    return new Round(
        number(output, "tps = "),
        number(output, "latency average = "),
        cpu,
        recorded / transactions);
  }

  private static String pgbench(Route route, String protocol, int clients, List<String> more)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(Processes.pgbench(), "-n", "-S", "-M", protocol));
    line.addAll(List.of("-c", Integer.toString(clients)));
    line.addAll(more);
    line.add(route.conninfo());
    return Processes.run(route.environment(), line);
  }

  private static double median(
      Map<String, List<Round>> rounds, String name, ToDoubleFunction<Round> of) {
    return median(rounds.getOrDefault(name, List.of()).stream().map(of::applyAsDouble).toList());
  }

  static double median(List<Double> values) {
    return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
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
