package countersign.bench;

import countersign.log.LogKeeping;
import countersign.log.LogSettings;
import countersign.store.Store;
import countersign.store.StoreSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What keeping the Merkle tree, signing it each second and watching the stored events cost the
 * appends: rounds with and without, in turn, on the same log.
 */
final class TreeCost {
  private static final double GOAL = 0.9;
  private static final int BYTES = 300;

  private TreeCost() {}

  static Map<String, Object> measure(
      Store store, StoreSettings settings, Path directory, BenchOptions options, int sessions)
      throws Exception {
    LogSettings log = LogSettings.of(directory.resolve("log"), "bench.example");
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long signed = 0;
    // The JVM compiles the keeper's code, and what it calls anew, for a third of a core meanwhile.
    try (LogKeeping keeping = LogKeeping.start(log, settings, store, InstantSource.system())) {
      AppendLoad.events(store, sessions, BYTES, options.warmup());
      caughtUp(keeping, store);
    }
    for (int i = 0; i < options.rounds(); i++) {
      try (LogKeeping keeping = LogKeeping.start(log, settings, store, InstantSource.system())) {
        caughtUp(keeping, store);
        with.add(AppendLoad.events(store, sessions, BYTES, options.seconds()).perSecond());
        caughtUp(keeping, store);
        signed = keeping.integrity().signedSize();
        if (!keeping.integrity().problems().isEmpty()) {
          throw new IllegalStateException("the log has problems: " + keeping.integrity());
        }
      }
      without.add(AppendLoad.events(store, sessions, BYTES, options.seconds()).perSecond());
      ratios.add(with.getLast() / without.getLast());
    }
    double ratio = median(ratios);
    System.out.printf(
        "%ntree kept and signed, %d sessions: %9.0f with, %9.0f without, ratio %.2f (goal %.2f: %s;"
            + " each pair %s; %d events signed)%n",
        sessions,
        median(with),
        median(without),
        ratio,
        GOAL,
        ratio >= GOAL ? "met" : "MISSED",
        ratios.stream().map("%.2f"::formatted).toList(),
        signed);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", "tree kept and signed");
    result.put("sessions", sessions);
    result.put("perSecond", median(with));
    result.put("withoutPerSecond", median(without));
    result.put("ratio", ratio);
    result.put("rounds", with);
    result.put("withoutRounds", without);
    result.put("goal", GOAL);
    result.put("met", ratio >= GOAL);
    return result;
  }

  private static void caughtUp(LogKeeping keeping, Store store) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (keeping.integrity().size() <= store.knownHead()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the tree does not catch up: " + keeping.integrity());
      }
      Thread.sleep(50);
    }
  }

  private static double median(List<Double> of) {
    return of.stream().sorted(Comparator.naturalOrder()).toList().get(of.size() / 2);
  }
}
