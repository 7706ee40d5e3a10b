package countersign.evidence.make;

import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceRequest;
import countersign.evidence.EvidenceScope;
import countersign.identity.Principal;
import countersign.log.LogKeeping;
import countersign.log.LogSettings;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.Item;
import countersign.store.Samples;
import countersign.store.Tags;
import countersign.store.TestStore;
import countersign.store.Urgency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A store, its log and evidence of it, with sessions that nobody had to type. */
final class Gatewayless implements AutoCloseable {
  static final EdgeId EDGE = EdgeId.next();
  final TestStore test;
  final LogKeeping keeping;
  final Path home;
  Bundles bundles;

  Gatewayless() throws Exception {
    this(List.of());
  }

  /** With witnesses, all of which must cosign. */
  Gatewayless(List<LogSettings.WitnessAddress> witnesses) throws Exception {
    test = TestStore.open();
    home = Files.createTempDirectory("countersign-evidence-");
    keeping =
        LogKeeping.start(
            new LogSettings(
                home.resolve("log"), "log.example", new char[0], witnesses, witnesses.size(), null),
            test.settings,
            test.store,
            InstantSource.system());
    start(8);
  }

  void start(int mostWaiting) throws IOException {
    bundles =
        Bundles.start(
            new EvidenceSettings(
                home.resolve("evidence"),
                mostWaiting,
                1L << 30,
                Duration.ofHours(1),
                Duration.ofSeconds(30)),
            test.store,
            test.store.raw(),
            new KeptLog(keeping),
            InstantSource.system());
  }

  static Principal person(String name) {
    return new Principal(
        List.of(
            new Principal.Hop(name, name, Principal.Kind.human, Set.of("g"), "", "i", name, "")),
        Set.of("audit"),
        false,
        Instant.now().plusSeconds(900));
  }

  /** A session that reads something and ends. */
  SessionId session(String who, String target, String text) throws Exception {
    SessionId id = SessionId.next();
    List<SessionEvent> events = new ArrayList<>();
    events.add(
        new SessionEvent.Opened(
            id,
            EDGE,
            "postgres",
            "statement",
            person(who),
            target,
            target,
            "app",
            "[::1]:5",
            "psql"));
    events.add(Samples.decided(id, text));
    events.add(new SessionEvent.Closed(id, EDGE, 0, 0, 0, "client", ""));
    List<Draft> drafts = new ArrayList<>();
    for (SessionEvent event : events) {
      drafts.add(new Draft(event, KeyScope.of(id), id, drafts.size(), Tags.of(event)));
    }
    append(drafts);
    return id;
  }

  void append(Event event) {
    append(List.of(Draft.of(event, new KeyScope.OfStore(), Tags.of(event))));
  }

  private void append(List<Draft> drafts) {
    test.store.append(new Item(drafts, null, Urgency.decision)).toCompletableFuture().join();
  }

  static EvidenceScope scope(SessionId session, String who, String duty, String target) {
    return new EvidenceScope(session, who, duty, target, null, "", null, null);
  }

  EvidenceJob made(EvidenceScope scope, boolean disclose, String recipient) throws Exception {
    return ended(
        bundles.make(
            new EvidenceRequest(scope, disclose, recipient, "yearly audit", person("dana"))));
  }

  EvidenceJob ended(EvidenceJob asked) throws Exception {
    EvidenceJob job = asked;
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (job.state() == EvidenceJob.State.waiting || job.state() == EvidenceJob.State.running) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not ended: " + job);
      }
      Thread.sleep(20);
      job = bundles.job(job.id());
    }
    return job;
  }

  Path file(EvidenceJob job) {
    return bundles.open(job.id(), person("dana")).file();
  }

  @Override
  public void close() {
    bundles.close();
    keeping.close();
    test.close();
    TestStore.delete(home);
  }
}
