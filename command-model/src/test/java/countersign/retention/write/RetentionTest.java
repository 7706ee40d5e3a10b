package countersign.retention.write;

import static countersign.approval.write.Fixtures.hop;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.event.KeyScope;
import countersign.evidence.EvidenceEvent;
import countersign.evidence.EvidenceId;
import countersign.identity.Principal;
import countersign.port.AppendRefused;
import countersign.retention.ErasureId;
import countersign.retention.Forgetting;
import countersign.retention.HoldId;
import countersign.retention.RetentionCommand;
import countersign.retention.RetentionLedger.Erasure;
import countersign.retention.RetentionRefused;
import countersign.retention.RetentionRules;
import countersign.retention.RetentionRules.Span;
import countersign.session.EdgeEvent;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.Item;
import countersign.store.Samples;
import countersign.store.Store;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.TestStore;
import countersign.store.Urgency;
import countersign.verifier.Leaf;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holds, retention and erasure on a real store. */
@Timeout(120)
class RetentionTest {
  private static final EdgeId EDGE = EdgeId.next();
  private final List<String> asked = new ArrayList<>();
  private TestStore test;
  private Store store;

  /** Ends an erasure where it stands, as a crash would. */
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void open() throws Exception {
    test = TestStore.open();
    store = test.store;
  }

  @AfterEach
  void close() {
    test.close();
  }

  private static Principal person(String name, String power) {
    return new Principal(
        List.of(hop(name, Principal.Kind.human, "group", "")),
        Set.of(power),
        false,
        Instant.now().plusSeconds(900));
  }

  private static final Principal ADMIN = person("erin", "administer");
  private static final Principal AUDITOR = person("dana", "audit");

  private SessionId session(String principal, String canary, boolean ended) throws Exception {
    SessionId id = SessionId.next();
    List<SessionEvent> events = new ArrayList<>();
    events.add(
        new SessionEvent.Opened(
            id,
            EDGE,
            "postgres",
            "statement",
            person(principal, "none"),
            "orders",
            "orders",
            "app",
            "127.0.0.1:5",
            "psql"));
    events.add(Samples.decided(id, canary));
    if (ended) {
      events.add(new SessionEvent.Closed(id, EDGE, 0, 0, 0, "client", ""));
    }
    List<Draft> drafts = new ArrayList<>();
    for (SessionEvent event : events) {
      drafts.add(new Draft(event, KeyScope.of(id), id, drafts.size(), Tags.of(event)));
    }
    await(store.append(new Item(drafts, null, Urgency.decision)));
    return id;
  }

  private RetentionHandler handler(Ledger ledger) {
    return new RetentionHandler(
        store, ledger, new countersign.command.Workers(), Instant::now, () -> asked.add("erase"));
  }

  private static RetentionCommand.Erase erase(SessionId... sessions) {
    return new RetentionCommand.Erase(
        ErasureId.next(), Set.of(sessions), "", ADMIN, "asked by letter 7");
  }

  private Forgetting part(String name) {
    return new Forgetting() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
        asked.add(name + " " + sessions.size());
        return CompletableFuture.completedFuture(null);
      }
    };
  }

  private Erasing erasing(Ledger ledger, java.util.function.Consumer<String> step) {
    return new Erasing(
        store,
        ledger,
        store.keys()::erase,
        List.of(part("read models"), part("files")),
        List.of(),
        Instant::now,
        step);
  }

  @Test
  void erasesASessionSaysSoAndLeavesItsProofs() throws Exception {
    SessionId gone = session("alice", "CANARY-1", true);
    SessionId stays = session("alice", "CANARY-2", true);
    Ledger ledger = new Ledger(store);
    handler(ledger).take(erase(gone));
    assertThat(erasing(ledger, _ -> {}).run()).isEqualTo(1);
    assertThat(asked).containsExactly("erase", "read models 1", "files 1");
    Erasure erasure = await(ledger.erasures()).getFirst();
    assertThat(erasure.state()).isEqualTo("completed");
    assertThat(erasure.keys()).isEqualTo(1);
    assertThat(erasure.acknowledged()).containsExactly("keys", "read models", "files");
    assertThat(erasure.reason()).isEqualTo("asked by letter 7");
    List<StoredEvent> events = await(store.read(0, 100, List.of()));
    assertThat(events.stream().filter(e -> gone.equals(e.session())).toList())
        .hasSize(3)
        .allSatisfy(
            e -> assertThat(((StoredEvent.Unreadable) e.event()).why()).isEqualTo("erased"));
    assertThat(events.stream().filter(e -> stays.equals(e.session())))
        .noneMatch(e -> e.event() instanceof StoredEvent.Unreadable);
    leavesRecompute();
    // Again: nothing happens, and nobody is told twice.
    handler(ledger).take(erase(gone));
    assertThat(erasing(ledger, _ -> {}).run()).isZero();
    assertThat(await(ledger.erasures())).hasSize(1);
    assertThatThrownBy(() -> handler(ledger).take(hold(gone)))
        .isInstanceOfSatisfying(
            RetentionRefused.class,
            e -> assertThat(e.kind()).isEqualTo(RetentionRefused.Kind.erased));
  }

  @Test
  void namesTheBundlesThatDiscloseItAsPeopleKnowThem() throws Exception {
    SessionId gone = session("alice", "x", true);
    SessionId other = session("alice", "y", true);
    EvidenceId holds = exported(gone);
    exported(other);
    Ledger ledger = new Ledger(store);
    handler(ledger).take(erase(gone));
    assertThat(erasing(ledger, _ -> {}).run()).isEqualTo(1);
    assertThat(await(ledger.erasures()).getFirst().bundles()).containsExactly(holds.toString());
  }

  /** A bundle that discloses a session was made. */
  private EvidenceId exported(SessionId session) throws Exception {
    EvidenceEvent.Exported event =
        new EvidenceEvent.Exported(
            EvidenceId.next(),
            Instant.now(),
            0,
            3,
            4,
            1,
            5,
            true,
            false,
            700,
            "00",
            AUDITOR,
            Map.of(),
            "audit",
            "");
    Set<String> tags = new HashSet<>(Tags.of(event));
    tags.add("exported=" + session);
    Draft draft = Draft.of(event, new KeyScope.OfStore(), tags);
    await(store.append(new Item(List.of(draft), null, Urgency.decision)));
    return event.id();
  }

  /** From the rows alone, as a stranger would: sealed bytes, commitment and clear half. */
  private void leavesRecompute() throws Exception {
    String url =
        "jdbc:postgresql://127.0.0.1:" + test.settings.port() + "/" + test.settings.database();
    int rows = 0;
    try (var connection =
            DriverManager.getConnection(
                url, test.settings.ownerUser(), new String(test.settings.ownerPassword()));
        var found =
            connection
                .createStatement()
                .executeQuery("select * from log.events order by position")) {
      while (found.next()) {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        UUID session = (UUID) found.getObject("session");
        byte[] commitment = found.getBytes("commitment");
        byte[] leaf =
            new Leaf(
                    (UUID) found.getObject("id"),
                    found.getString("type"),
                    found.getInt("version"),
                    session,
                    session == null ? -1 : found.getLong("session_seq"),
                    found.getObject("at", java.time.OffsetDateTime.class).toInstant(),
                    sha.digest(
                        found.getString("clear").getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    sha.digest(found.getBytes("sealed")),
                    commitment == null ? new byte[0] : commitment)
                .hash();
        assertThat(HexFormat.of().formatHex(leaf))
            .isEqualTo(HexFormat.of().formatHex(found.getBytes("leaf")));
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(5);
  }

  @Test
  void endsRightAfterACrashBetweenAnyTwoSteps() throws Exception {
    List<String> steps = new ArrayList<>();
    SessionId first = session("alice", "x", true);
    Ledger ledger = new Ledger(store);
    handler(ledger).take(erase(first));
    erasing(ledger, steps::add).run();
    assertThat(steps).containsExactly("keys", "read models", "files", "completed");
    for (int at = 0; at < steps.size(); at++) {
      SessionId session = session("alice", "y", true);
      handler(ledger).take(erase(session));
      int crash = at;
      int[] seen = new int[1];
      assertThatThrownBy(() ->
              erasing(
                      ledger,
                      _ -> {
                        if (seen[0]++ == crash) {
                          throw new Crash();
                        }
                      })
                  .run())
          .isInstanceOf(Crash.class);
      // Another process on the same log, as after a restart, knows nothing but what is durable.
      Ledger anew = new Ledger(store);
      assertThat(await(anew.erasures()).getLast().state()).isEqualTo("requested");
      assertThat(erasing(anew, _ -> {}).run()).as(steps.get(at)).isEqualTo(1);
      assertThat(await(anew.erasures()).getLast().state()).isEqualTo("completed");
      assertThat(store.keys().erased(session)).isTrue();
      assertThat(erasing(anew, _ -> {}).run()).isZero();
    }
  }

  @Test
  void tellsNoCompletionWhileAPartHasNotAcknowledged() throws Exception {
    SessionId session = session("alice", "z", true);
    Ledger ledger = new Ledger(store);
    handler(ledger).take(erase(session));
    Forgetting broken =
        new Forgetting() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
            return CompletableFuture.failedFuture(new IllegalStateException("not now"));
          }
        };
    Erasing erasing =
        new Erasing(store, ledger, store.keys()::erase, List.of(broken), List.of(), Instant::now);
    assertThatThrownBy(erasing::run).hasRootCauseMessage("not now");
    assertThat(await(ledger.erasures()).getFirst().state()).isEqualTo("requested");
  }

  private static RetentionCommand.PlaceHold hold(SessionId session) {
    return new RetentionCommand.PlaceHold(HoldId.next(), session, "", AUDITOR, "case 12");
  }

  @Test
  void refusesOpenHeldAndUnknownSessionsAndWhoMayNot() throws Exception {
    SessionId open = session("alice", "a", false);
    SessionId held = session("alice", "b", true);
    SessionId ofBob = session("bob", "c", true);
    Ledger ledger = new Ledger(store);
    RetentionHandler handler = handler(ledger);
    refuses(RetentionRefused.Kind.open, () -> handler.take(erase(open)));
    refuses(RetentionRefused.Kind.notFound, () -> handler.take(erase(SessionId.next())));
    refuses(
        RetentionRefused.Kind.notAllowed,
        () ->
            handler.take(
                new RetentionCommand.Erase(
                    ErasureId.next(), Set.of(held), "", AUDITOR, "mine to look at only")));
    refuses(
        RetentionRefused.Kind.notAllowed,
        () ->
            handler.take(
                new RetentionCommand.PlaceHold(HoldId.next(), held, "", ADMIN, "to keep it")));
    refuses(
        RetentionRefused.Kind.notFound,
        () ->
            handler.take(
                new RetentionCommand.Erase(
                    ErasureId.next(), Set.of(ofBob), "alice", ADMIN, "not alice's")));
    RetentionCommand.PlaceHold hold = hold(held);
    handler.take(hold);
    refuses(RetentionRefused.Kind.held, () -> handler.take(erase(held, ofBob)));
    assertThat(await(ledger.erasures())).as("all or none").isEmpty();
    handler.take(new RetentionCommand.LiftHold(hold.id(), AUDITOR, "case closed"));
    refuses(
        RetentionRefused.Kind.lifted,
        () -> handler.take(new RetentionCommand.LiftHold(hold.id(), AUDITOR, "again")));
    RetentionCommand.PlaceHold ofAlice =
        new RetentionCommand.PlaceHold(HoldId.next(), null, "alice", AUDITOR, "case 13");
    handler.take(ofAlice);
    refuses(RetentionRefused.Kind.held, () -> handler.take(erase(held)));
    handler.take(erase(ofBob));
    handler.take(new RetentionCommand.LiftHold(ofAlice.id(), AUDITOR, "closed"));
    handler.take(erase(held));
    assertThat(await(ledger.erasures())).hasSize(2);
    assertThatThrownBy(() ->
            handler.take(
                new RetentionCommand.Erase(ErasureId.next(), Set.of(open), "", ADMIN, "  ")))
        .hasMessageContaining("reason: 0 characters");
  }

  private static void refuses(
      RetentionRefused.Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RetentionRefused.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void holdsWhatItSaysAboutLateEventsOfWhatIsErased() throws Exception {
    SessionId session = session("alice", "late", true);
    Ledger ledger = new Ledger(store);
    handler(ledger).take(erase(session));
    erasing(ledger, _ -> {}).run();
    assertThatThrownBy(() -> await(store.append(Samples.item(session, 3, "after"))))
        .hasCauseInstanceOf(AppendRefused.class);
  }

  @Test
  void erasesWhatRetentionLeavesOncePastItsTotalAndNoHoldForbids() throws Exception {
    EdgeEvent.Started started = new EdgeEvent.Started(EDGE, "all", Instant.now(), "here");
    await(
        store.append(
            new Item(
                List.of(Draft.of(started, new KeyScope.OfStore(), Tags.of(started))),
                null,
                Urgency.decision)));
    SessionId past = session("alice", "old", true);
    SessionId held = session("bob", "old, held", true);
    session("alice", "still open", false);
    Ledger ledger = new Ledger(store);
    handler(ledger)
        .take(new RetentionCommand.PlaceHold(HoldId.next(), null, "bob", AUDITOR, "case"));
    Instant later = Instant.now().plus(Duration.ofDays(31));
    WhenRetentionEndsThenErase job =
        new WhenRetentionEndsThenErase(
            store,
            ledger,
            _ -> CompletableFuture.completedFuture(Rulebook.EMPTY),
            () -> later,
            () -> asked.add("erase"));
    assertThat(job.run()).as("no rule: kept for ever").isZero();
    DeclareRetention declare = new DeclareRetention(ledger);
    RetentionRules rules = new RetentionRules(null, Map.of("orders", new Span(0, 30)), Map.of());
    await(declare.declare(rules, "config-file"));
    await(declare.declare(rules, "config-file"));
    assertThat(job.run()).isEqualTo(1);
    assertThat(job.run()).as("once").isZero();
    Erasure erasure = await(ledger.erasures()).getFirst();
    assertThat(erasure.sessions()).containsExactly(past).doesNotContain(held);
    assertThat(erasure.cause()).isEqualTo("retention");
    assertThat(erasing(ledger, _ -> {}).run()).isEqualTo(1);
    assertThat(store.keys().erased(past)).isTrue();
  }

  @Test
  void theLongestOfTargetAndDutyWins() throws Exception {
    SessionId id = SessionId.next();
    Instant now = Instant.parse("2026-11-21T00:00:00Z");
    EndedSessions.Found found =
        new EndedSessions.Found(
            id,
            new SessionEvent.Opened(
                id,
                EDGE,
                "postgres",
                "statement",
                person("alice", "none"),
                "orders",
                "orders",
                "app",
                "",
                ""),
            now.minus(Duration.ofDays(51)),
            now.minus(Duration.ofDays(50)));
    Duty duty = new Duty("read", Set.of("group"), Set.of("ord*"), List.of());
    Duty other = new Duty("other", Set.of("strangers"), Set.of("*"), List.of());
    Rulebook rulebook =
        new Rulebook(
            0, Map.of("read", duty, "other", other), Map.of(), List.of(), List.of(), Map.of());
    assertThat(due(found, 0, 30, 0, 0, rulebook, now)).isTrue();
    assertThat(due(found, 0, 30, 100, 0, rulebook, now)).isFalse();
    assertThat(due(found, 0, 30, 0, 100, rulebook, now)).as("not their duty").isTrue();
    assertThat(due(found, 40, 0, 0, 0, rulebook, now)).isTrue();
    assertThat(due(found, 40, 60, 0, 0, rulebook, now)).as("the nearer rule").isFalse();
    assertThat(due(found, 0, 0, 0, 0, rulebook, now)).isFalse();
    assertThat(due(found, 0, 50, 0, 0, rulebook, now)).as("to the day").isFalse();
  }

  private static boolean due(
      EndedSessions.Found found,
      int everything,
      int target,
      int duty,
      int other,
      Rulebook rulebook,
      Instant now) {
    Map<String, Span> targets = target == 0 ? Map.of() : Map.of("orders", new Span(0, target));
    Map<String, Span> duties = new java.util.HashMap<>();
    if (duty > 0) {
      duties.put("read", new Span(0, duty));
    }
    if (other > 0) {
      duties.put("other", new Span(0, other));
    }
    return WhenRetentionEndsThenErase.due(
        found,
        new RetentionRules(everything == 0 ? null : new Span(0, everything), targets, duties),
        rulebook,
        now);
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
