package countersign.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.store.Store;
import countersign.store.StoreSettings;
import countersign.store.postgres.EmbeddedPostgres;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Durable appends of whole, sealed events by sessions that each wait for their answer, beside
 * pgbench's raw INSERT of the same number of bytes at the same concurrency (64 at the most) on the
 * same cluster: interleaved rounds, medians, ratios. Writes {@code target/bench/append.json}.
 *
 * <p>Ours writes an {@code OperationDecided} (or a segment): JSON, sealing, leaf, the row, its
 * place in the session. The raw INSERT writes one column into a table without an index. Arguments:
 * {@code --rounds N} (default 5), {@code --seconds N} per round (8), {@code --warmup N} seconds
 * (15).
 */
public final class AppendBench {
  private static final int[] SESSIONS = {1, 16, 64, 256};

  /** The spike's events/s and pgbench's at 1, 16 and 64 sessions (docs: performance). */
  private static final double[][] SPIKE = {{3_229, 6_566}, {25_701, 26_786}, {66_786, 31_349}};

  private static final double SHARE = 0.8;

  private AppendBench() {}

  /** One measured round. */
  record Round(double perSecond, double p50Millis, double p99Millis) {}

  /** Runs the benchmark. */
  public static void main(String... arguments) throws Exception {
    BenchOptions options = BenchOptions.parse(arguments);
    Path directory = Files.createTempDirectory("countersign-bench-");
    Vertx vertx = Vertx.vertx();
    List<Map<String, Object>> results = new ArrayList<>();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("postgres"), Scratch.freePort(), Map.of())) {
      StoreSettings settings = prepare(postgres, directory);
      try (Store store = Store.open(settings, vertx)) {
        Raw raw = new Raw(postgres, directory);
        System.err.println("bench: warming up");
        AppendLoad.events(store, 64, 300, options.warmup());
        AppendLoad.events(store, 1, 300, Math.max(1, options.warmup() / 5));
        System.out.println("300 B events/s: median (min–max), p50/p99 ms");
        for (int i = 0; i < SESSIONS.length; i++) {
          results.add(events(store, raw, options, i));
        }
        results.add(TreeCost.measure(store, settings, directory, options, 64));
        AppendLoad.segments(store, 16, 8_192, Math.max(1, options.warmup() / 5));
        System.out.println("\n8 KiB segments, MB/s: median (min–max), p50/p99 ms");
        for (int sessions : SESSIONS) {
          results.add(segments(store, raw, options, sessions));
        }
        check(postgres);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
      Scratch.delete(directory);
    }
    Path file = Files.createDirectories(Path.of("target", "bench")).resolve("append.json");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
    System.err.println("bench: written to " + file);
  }

  private static StoreSettings prepare(EmbeddedPostgres postgres, Path directory) throws Exception {
    StoreSettings settings = Scratch.emptyLog(postgres, directory);
    try (Connection connection = postgres.connect("log");
        Statement statement = connection.createStatement()) {
      statement.execute("create table public.raw (payload bytea)");
      statement.execute("alter table public.raw alter column payload set storage external");
    }
    return settings;
  }

  private static Map<String, Object> events(Store store, Raw raw, BenchOptions options, int at)
      throws Exception {
    int sessions = SESSIONS[at];
    List<Round> ours = new ArrayList<>();
    List<Round> theirs = new ArrayList<>();
    for (int i = 0; i < options.rounds(); i++) {
      ours.add(AppendLoad.events(store, sessions, 300, options.seconds()));
      theirs.add(raw.insert(sessions, 300, options.seconds()));
    }
    double ratio = median(ours).perSecond() / median(theirs).perSecond();
    Double goal = at < SPIKE.length ? SHARE * SPIKE[at][0] / SPIKE[at][1] : null;
    print(sessions, ours, theirs, 1, goal);
    return result("300 B events", sessions, ours, theirs, ratio, goal);
  }

  private static Map<String, Object> segments(
      Store store, Raw raw, BenchOptions options, int sessions) throws Exception {
    List<Round> ours = new ArrayList<>();
    List<Round> theirs = new ArrayList<>();
    int rounds = Math.max(1, options.rounds() / 2);
    for (int i = 0; i < rounds; i++) {
      ours.add(AppendLoad.segments(store, sessions, 8_192, options.seconds()));
      theirs.add(raw.insert(sessions, 8_192, options.seconds()));
    }
    double ratio = median(ours).perSecond() / median(theirs).perSecond();
    print(sessions, ours, theirs, 8_192 / 1e6, null);
    return result("8 KiB segments", sessions, ours, theirs, ratio, null);
  }

  private static void print(
      int sessions, List<Round> ours, List<Round> theirs, double scale, @Nullable Double goal) {
    Round own = median(ours);
    double other = median(theirs).perSecond();
    System.out.printf(
        "  %3d sessions  ours %9.0f (%.0f–%.0f) %.2f/%.2f   raw INSERT %9.0f   ratio %.2f%s%n",
        sessions,
        own.perSecond() * scale,
        ours.stream().mapToDouble(Round::perSecond).min().orElse(0) * scale,
        ours.stream().mapToDouble(Round::perSecond).max().orElse(0) * scale,
        own.p50Millis(),
        own.p99Millis(),
        other * scale,
        own.perSecond() / other,
        goal == null
            ? ""
            : String.format(
                " (goal %.2f: %s)", goal, own.perSecond() / other >= goal ? "met" : "MISSED"));
  }

  private static Map<String, Object> result(
      String what,
      int sessions,
      List<Round> ours,
      List<Round> theirs,
      double ratio,
      @Nullable Double goal) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", what);
    result.put("sessions", sessions);
    result.put("perSecond", median(ours).perSecond());
    result.put("p50Millis", median(ours).p50Millis());
    result.put("p99Millis", median(ours).p99Millis());
    result.put("rawInsertPerSecond", median(theirs).perSecond());
    result.put("ratio", ratio);
    result.put("rounds", ours.stream().map(Round::perSecond).toList());
    result.put("rawInsertRounds", theirs.stream().map(Round::perSecond).toList());
    if (goal != null) {
      result.put("goal", goal);
      result.put("met", ratio >= goal);
    }
    return result;
  }

  /** A log that lost something would look fast. */
  private static void check(EmbeddedPostgres postgres) throws Exception {
    try (Connection connection = postgres.connect("log");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) filter (where session is not null), max(position) + 1"
                    + " - count(*) filter (where session is null),"
                    + " (select count(*) from log.session_events),"
                    + " (select count(*) from log.appended),"
                    + " (select sum(fsyncs) from pg_stat_io where object = 'wal') from log.events")) {
      row.next();
      System.out.printf(
          "%nevents %d, positions %d, numbered %d, batches %d, WAL fsyncs %d%n",
          row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
      if (row.getLong(1) != row.getLong(2)
          || row.getLong(1) != row.getLong(3)
          || row.getLong(5) < row.getLong(4)) {
        throw new IllegalStateException("the log does not hold what was acknowledged durably");
      }
    }
  }

  private static Round median(List<Round> rounds) {
    return rounds.stream()
        .sorted(Comparator.comparingDouble(Round::perSecond))
        .toList()
        .get(rounds.size() / 2);
  }

  /** pgbench's INSERT of one column. */
  private record Raw(EmbeddedPostgres postgres, Path directory) {
    /** More processes than this only wait for each other; the spike has no figure above it. */
    private static final int MOST = 64;

    Round insert(int sessions, int bytes, int seconds) throws Exception {
      int clients = Math.min(MOST, sessions);
      Path script = directory.resolve("insert-" + bytes + ".sql");
      String value = "'\\\\x" + "a7".repeat(bytes) + "'";
      Files.writeString(script, "insert into public.raw values (E" + value + ");\n");
      String output =
          Processes.run(
              Map.of("PGPASSWORD", new String(postgres.password())),
              List.of(
                  Processes.pgbench(),
                  "-n",
                  "-M",
                  "prepared",
                  "-f",
                  script.toString(),
                  "-c",
                  Integer.toString(clients),
                  "-j",
                  "2",
                  "-T",
                  Integer.toString(seconds),
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(postgres.port()),
                  "-U",
                  postgres.user(),
                  "log"));
      return new Round(number(output, "tps = "), number(output, "latency average = "), 0);
    }

    private static double number(String output, String after) {
      int at = output.indexOf(after);
      if (at < 0) {
        throw new IllegalStateException("pgbench did not say '" + after + "':\n" + output);
      }
      return Double.parseDouble(output.substring(at + after.length()).split("[^0-9.]", 2)[0]);
    }
  }
}
