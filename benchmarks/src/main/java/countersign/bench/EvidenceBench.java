package countersign.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceRequest;
import countersign.evidence.EvidenceScope;
import countersign.evidence.make.Bundles;
import countersign.evidence.make.EvidenceSettings;
import countersign.evidence.make.KeptLog;
import countersign.identity.Principal;
import countersign.log.LogKeeping;
import countersign.log.LogSettings;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.Item;
import countersign.store.Store;
import countersign.store.StoreSettings;
import countersign.store.Tags;
import countersign.store.Urgency;
import countersign.store.postgres.EmbeddedPostgres;
import countersign.verifier.bundle.Progress;
import countersign.verifier.bundle.Report;
import countersign.verifier.bundle.Trust;
import countersign.verifier.bundle.Verification;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Makes and verifies bundles of 100,000 events in 1,000 sessions, with content and without; goals:
 * 30 s and 10 s. Writes {@code target/bench/evidence.json}.
 */
public final class EvidenceBench {
  private static final int SESSIONS = 1_000;
  private static final int EVENTS = 100;
  private static final double MAKE_SECONDS = 30;
  private static final double VERIFY_SECONDS = 10;
  private static final EdgeId EDGE = EdgeId.next();
  private static final Principal AUDITOR =
      new Principal(
          List.of(
              new Principal.Hop(
                  "dana", "dana", Principal.Kind.human, Set.of(), "", "issuer", "dana", "")),
          Set.of("audit"),
          false,
          Instant.parse("2099-01-01T00:00:00Z"));

  private EvidenceBench() {}

  /** Runs the benchmark. */
  public static void main(String... arguments) throws Exception {
    Path directory = Files.createTempDirectory("countersign-bench-");
    Vertx vertx = Vertx.vertx();
    List<Map<String, Object>> results = new ArrayList<>();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("postgres"), Scratch.freePort(), Map.of())) {
      StoreSettings settings = Scratch.emptyLog(postgres, directory);
      try (Store store = Store.open(settings, vertx);
          LogKeeping log =
              LogKeeping.start(
                  LogSettings.of(directory.resolve("log"), "bench.example"),
                  settings,
                  store,
                  InstantSource.system());
          Bundles bundles =
              Bundles.start(
                  EvidenceSettings.ordinary(directory.resolve("evidence")),
                  store,
                  store.raw(),
                  new KeptLog(log),
                  InstantSource.system())) {
        System.err.println("bench: appending");
        append(store);
        results.add(measure(bundles, "sessions, with content", who("agent-ada"), true));
        results.add(measure(bundles, "sessions, metadata only", who("agent-ada"), false));
        results.add(measure(bundles, "time, with content", time(), true));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
      Scratch.delete(directory);
    }
    Path file = Files.createDirectories(Path.of("target", "bench")).resolve("evidence.json");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
    System.err.println("bench: written to " + file);
  }

  private static EvidenceScope who(String name) {
    return new EvidenceScope(null, name, "", "", null, "", null, null);
  }

  private static EvidenceScope time() {
    return new EvidenceScope(null, "", "", "", null, "", Instant.EPOCH, null);
  }

  private static Map<String, Object> measure(
      Bundles bundles, String what, EvidenceScope scope, boolean disclose) throws Exception {
    long began = System.nanoTime();
    EvidenceJob job = bundles.make(new EvidenceRequest(scope, disclose, "", "benchmark", AUDITOR));
    while (job.finishedAt() == null) {
      Thread.sleep(20);
      job = bundles.job(job.id());
    }
    double made = (System.nanoTime() - began) / 1e9;
    if (job.state() != EvidenceJob.State.ready) {
      throw new IllegalStateException(what + ": " + job.error());
    }
    Path file = bundles.open(job.id(), AUDITOR).file();
    began = System.nanoTime();
    Report report =
        Verification.of(file, new Trust(Optional.empty(), Optional.empty()), Progress.NONE);
    double verified = (System.nanoTime() - began) / 1e9;
    if (report.exitCode() != 0) {
      throw new IllegalStateException(what + ": " + report.text());
    }
    boolean met = made <= MAKE_SECONDS && verified <= VERIFY_SECONDS;
    System.out.printf(
        "%-24s %,9d events %,12d bytes: made in %5.1f s (goal %.0f), verified in %4.1f s (goal %.0f):"
            + " %s%n",
        what,
        job.events(),
        job.bytes(),
        made,
        MAKE_SECONDS,
        verified,
        VERIFY_SECONDS,
        met ? "met" : "MISSED");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("what", what);
    result.put("events", job.events());
    result.put("bytes", job.bytes());
    result.put("madeSeconds", made);
    result.put("verifiedSeconds", verified);
    result.put("met", met);
    return result;
  }

  private static void append(Store store) {
    List<CompletionStage<Long>> waiting = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      waiting.add(store.append(session(SessionId.next(), i)));
      if (waiting.size() == 50) {
        waiting.forEach(stage -> stage.toCompletableFuture().join());
        waiting.clear();
      }
    }
    waiting.forEach(stage -> stage.toCompletableFuture().join());
  }

  private static Item session(SessionId id, int number) {
    List<Draft> drafts = new ArrayList<>();
    Principal agent =
        new Principal(
            List.of(
                new Principal.Hop(
                    "agent-ada",
                    "agent-ada",
                    Principal.Kind.agent,
                    Set.of(),
                    "alice",
                    "i",
                    "s",
                    "")),
            Set.of(),
            false,
            AUDITOR.expires());
    add(
        drafts,
        id,
        new SessionEvent.Opened(
            id,
            EDGE,
            "postgres",
            "statement",
            agent,
            "orders",
            "orders",
            "app",
            "[::1]:1",
            "psql"));
    for (int i = 2; i < EVENTS; i++) {
      add(
          drafts,
          id,
          new SessionEvent.OperationDecided(
              id,
              OperationId.next(),
              DecisionKind.allowed,
              Set.of(Effect.read),
              7,
              "00".repeat(32),
              null,
              null,
              false,
              "select * from payments where id = "
                  + (number * EVENTS + i)
                  + " and "
                  + "x".repeat(200),
              List.of(),
              Facts.NONE,
              "ai-readonly/1",
              "reads are allowed"));
    }
    add(drafts, id, new SessionEvent.Closed(id, EDGE, 0, 0, 0, "client", ""));
    return new Item(drafts, null, Urgency.decision);
  }

  private static void add(List<Draft> drafts, SessionId id, Event event) {
    drafts.add(new Draft(event, KeyScope.of(id), id, drafts.size(), Tags.of(event)));
  }
}
