package countersign.view.configuration;

import static countersign.view.configuration.Fixtures.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.event.Event;
import countersign.operation.DecisionKind;
import countersign.operation.OperationId;
import countersign.retention.ErasureId;
import countersign.retention.RetentionEvent;
import countersign.session.EdgeId;
import countersign.session.Gap;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.view.ApprovalView;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.view.operations.OperationRow;
import countersign.view.pendingapprovals.ApprovalRow;
import countersign.view.projections.TestDatabase;
import countersign.view.projections.TestLog;
import countersign.view.recordingindex.SegmentRow;
import countersign.view.sessions.SessionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.eventstreaming.StreamableEventSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ReadModelsTest {
  private static final Page.Request ALL = new Page.Request(500, null, "");
  private static TestDatabase database;
  private static TestLog log;
  private static ReadModels models;
  private static AxonConfiguration axon;
  private static final Sealing SEALING = new Sealing();

  @BeforeAll
  static void start() throws Exception {
    database =
        new TestDatabase(SessionRow.class, OperationRow.class, ApprovalRow.class, SegmentRow.class);
    log = new TestLog();
    models = new ReadModels(database.vertx(), database.factory());
    EventSourcingConfigurer configurer = EventSourcingConfigurer.create();
    configurer.componentRegistry(
        registry -> registry.registerComponent(StreamableEventSource.class, _ -> log));
    axon = ProjectionsConfiguration.register(configurer, models, SEALING).build();
    axon.start();
  }

  @AfterAll
  static void stop() throws Exception {
    axon.shutdown();
    models.stop();
    database.close();
  }

  @Test
  void countsTheOperationsOfASessionAndShowsWhoMaySeeIt() {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.agent("agent-ada", "alice")));
    append(1, decided(session, OperationId.next(), DecisionKind.allowed));
    append(2, decided(session, OperationId.next(), DecisionKind.blocked));
    append(
        3,
        new SessionEvent.OperationsDecided(
            session,
            List.of(
                decided(session, OperationId.next(), DecisionKind.allowed),
                decided(session, OperationId.next(), DecisionKind.allowed))));
    append(4, Fixtures.segment(session, 0));
    append(5, Fixtures.segment(session, 1));
    caughtUp();

    SessionView open = session(session);
    assertThat(open.state()).isEqualTo("open");
    assertThat(open.people()).contains("agent-ada", "alice");
    assertThat(open.operations()).isEqualTo(4);
    assertThat(open.blocked()).isEqualTo(1);
    assertThat(open.openedAt()).isEqualTo(T0);
    assertThat(open.segments()).isEqualTo(2);
    assertThat(open.bytesIn()).isEqualTo(20);
    assertThat(open.bytesOut()).isEqualTo(200);

    append(6, new SessionEvent.Closed(session, EdgeId.next(), 2, 20, 200, "client", ""));
    caughtUp();
    assertThat(session(session).state()).isEqualTo("closed");
    assertThat(answer(models.segments(session.toString(), 1))).hasSize(1);
  }

  @Test
  void forgetsAnErasedSessionAndShowsOnlyThatThereWasOne() throws Exception {
    SessionId session = SessionId.next();
    SessionId other = SessionId.next();
    OperationId held = OperationId.next();
    ApprovalId approval = ApprovalId.next();
    append(0, Fixtures.opened(session, Fixtures.human("canary-name")));
    append(
        1,
        Fixtures.decided(
            session, held, DecisionKind.held, approval, null, "select 'CANARY'", "CANARY"));
    append(-1, Fixtures.requested(approval, session, held, Fixtures.human("canary-name")));
    append(-1, new ApprovalEvent.Denied(approval, session, T0, Fixtures.human("bob"), "CANARY no"));
    append(2, Fixtures.segment(session, 0));
    append(3, new SessionEvent.Closed(session, EdgeId.next(), 1, 10, 100, "client", ""));
    append(0, Fixtures.opened(other, Fixtures.human("alice")));
    append(1, decided(other, OperationId.next(), DecisionKind.allowed));
    caughtUp();
    assertThat(operations(session).getFirst().text()).isEqualTo("select 'CANARY'");
    assertThat(approval(approval).answers().getFirst().reason()).isEqualTo("CANARY no");
    assertThat(database.everything()).as("no word in a table").doesNotContain("CANARY");

    append(
        -1,
        new RetentionEvent.ErasureRequested(
            RetentionEvent.STREAM,
            ErasureId.next(),
            T0,
            List.of(new RetentionEvent.ErasedSession(session, T0, T0.plusSeconds(5))),
            "request",
            Fixtures.human("erin"),
            "asked for"));
    SEALING.erased.add(session);
    caughtUp();
    SessionView erased = session(session);
    assertThat(erased.state()).isEqualTo("erased");
    assertThat(erased.erasedAt()).isEqualTo(T0);
    assertThat(erased.toString()).doesNotContain("canary").doesNotContain("psql");
    assertThat(operations(session)).isEmpty();
    assertThat(answer(models.approval(approval.value()))).isEmpty();
    assertThat(answer(models.segments(session.toString(), 0))).isEmpty();
    assertThat(operations(other)).hasSize(1);
    assertThat(database.everything()).doesNotContain("canary-name");

    for (String view : List.of("sessions", "operations", "approvals", "segments")) {
      answer(models.rebuild(view));
    }
    caughtUp();
    assertThat(session(session)).isEqualTo(erased);
    assertThat(operations(session)).isEmpty();
    assertThat(answer(models.segments(session.toString(), 0))).isEmpty();
    assertThat(answer(models.approval(approval.value()))).isEmpty();
  }

  @Test
  void showsAnInterruptedSessionWithItsGap() {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    append(
        1,
        new SessionEvent.Interrupted(
            session, EdgeId.next(), new Gap(T0, T0.plusSeconds(5), 3, 77)));
    caughtUp();
    assertThat(session(session).state()).isEqualTo("interrupted");
    assertThat(session(session).gapFrom()).isEqualTo(77);
    assertThat(session(session).gapAt()).isEqualTo(T0);
  }

  @Test
  void followsAHeldOperationThroughItsApprovalToItsEnd() {
    SessionId session = SessionId.next();
    OperationId held = OperationId.next();
    ApprovalId approval = ApprovalId.next();
    append(0, Fixtures.opened(session, Fixtures.agent("agent-ada", "alice")));
    append(
        1, Fixtures.decided(session, held, DecisionKind.held, approval, null, "delete", "1", null));
    append(-1, Fixtures.requested(approval, session, held, Fixtures.agent("agent-ada", "alice")));
    caughtUp();
    assertThat(operations(session).getFirst().state()).isEqualTo("decided");
    assertThat(operations(session).getFirst().binds()).containsExactly("1", null);
    assertThat(approval(approval).state()).isEqualTo("pending");

    append(
        -1,
        new ApprovalEvent.AttemptRefused(
            approval, session, T0, Fixtures.human("alice"), "approve", "owns the agent"));
    append(-1, new ApprovalEvent.Approved(approval, session, T0, false, Fixtures.human("bob")));
    caughtUp();
    assertThat(approval(approval).state()).isEqualTo("pending");
    append(-1, new ApprovalEvent.Approved(approval, session, T0, true, Fixtures.human("carol")));
    append(-1, new ApprovalEvent.Used(approval, session, T0, held, "ab".repeat(32)));
    caughtUp();
    assertThat(approval(approval).state()).isEqualTo("used");
    assertThat(approval(approval).answers())
        .extracting(ApprovalView.Answer::by)
        .containsExactly("bob", "carol");
    assertThat(approval(approval).refusedAttempts())
        .extracting(ApprovalView.Answer::by)
        .containsExactly("alice");
    assertThat(operations(session).getFirst().state()).isEqualTo("running");

    append(2, Fixtures.completed(session, held));
    caughtUp();
    OperationView done = operations(session).getFirst();
    assertThat(done.state()).isEqualTo("ok");
    assertThat(done.tag()).isEqualTo("DELETE 1");
    assertThat(done.duration()).isEqualTo(1_500);
  }

  @Test
  void refusesWhatWasDeniedOrReplacedAndCancelsWhatWasTakenBack() {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    OperationId denied =
        hold(
            session,
            1,
            approval ->
                new ApprovalEvent.Denied(approval, session, T0, Fixtures.human("bob"), "no"));
    OperationId withdrawn =
        hold(
            session,
            2,
            approval -> new ApprovalEvent.Withdrawn(approval, session, T0, "cancelled"));
    OperationId replaced =
        hold(
            session,
            3,
            approval ->
                new ApprovalEvent.Modified(
                    approval, session, T0, true, Fixtures.human("bob"), "select 1"));
    OperationId other = OperationId.next();
    append(4, Fixtures.decided(session, other, DecisionKind.allowed, null, replaced, "select 1"));
    caughtUp();
    assertThat(operations(session))
        .extracting(OperationView::id, OperationView::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(denied.toString(), "refused"),
            org.assertj.core.groups.Tuple.tuple(withdrawn.toString(), "cancelled"),
            org.assertj.core.groups.Tuple.tuple(replaced.toString(), "refused"),
            org.assertj.core.groups.Tuple.tuple(other.toString(), "running"));
  }

  @Test
  void keepsEveryCharacterThatPostgresqlCanHoldAndShowsTheOneItCannot() {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    append(
        1,
        Fixtures.decided(
            session,
            OperationId.next(),
            DecisionKind.allowed,
            null,
            null,
            "select '\uD83D\uDE00'",
            "a\u0000b",
            "'\"\\"));
    caughtUp();
    OperationView shown = operations(session).getFirst();
    assertThat(shown.text()).isEqualTo("select '\uD83D\uDE00'");
    assertThat(shown.binds()).containsExactly("a\uFFFDb", "'\"\\");
  }

  @Test
  void pagesThroughSessionsWithoutLosingOrRepeatingOne() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      SessionId session = SessionId.next();
      log.append(0, T0.plusSeconds(i / 2), Fixtures.opened(session, Fixtures.human("pager")));
      made.add(session.toString());
    }
    caughtUp();
    for (String sort : List.of("", "openedAt", "-principal", "target")) {
      List<String> seen = new ArrayList<>();
      String cursor = null;
      do {
        Page<SessionView> page =
            answer(
                models.sessions(Map.of("principal", "pager"), new Page.Request(2, cursor, sort)));
        page.items().forEach(item -> seen.add(item.id()));
        cursor = page.next();
      } while (cursor != null);
      assertThat(seen).as(sort).hasSize(7).containsExactlyInAnyOrderElementsOf(made);
    }
    assertThatThrownBy(
            () -> answer(models.sessions(Map.of(), new Page.Request(2, "bm9uc2Vuc2U", "openedAt"))))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> answer(models.sessions(Map.of(), new Page.Request(2, null, "people; drop"))))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pagesThroughOperationsThatOneEventDecided() {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    List<SessionEvent.OperationDecided> batch = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      batch.add(decided(session, OperationId.next(), DecisionKind.allowed));
    }
    append(1, new SessionEvent.OperationsDecided(session, batch));
    caughtUp();
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page<OperationView> page =
          answer(models.operations(session.toString(), new Page.Request(2, cursor, "")));
      page.items().forEach(item -> seen.add(item.id()));
      cursor = page.next();
    } while (cursor != null);
    assertThat(seen)
        .containsExactlyElementsOf(
            batch.stream().map(decided -> decided.operation().toString()).toList());
  }

  @Test
  void showsToOthersOnlyTheirOwnAndWhatAskedTheirGroups() {
    SessionId session = SessionId.next();
    ApprovalId approval = ApprovalId.next();
    append(0, Fixtures.opened(session, Fixtures.agent("agent-zoe", "zoe")));
    append(
        -1,
        Fixtures.requested(
            approval, session, OperationId.next(), Fixtures.agent("agent-zoe", "zoe")));
    caughtUp();
    assertThat(seen("zoe", "nobody")).containsExactly(session.toString());
    assertThat(seen("mallory", "nobody")).isEmpty();
    assertThat(seen("mallory", "x\napprovers")).contains(session.toString());
    assertThat(
            answer(
                    models.approvals(
                        Map.of("seenBy", "zoe", "askedOf", "", "state", "pending"), ALL))
                .items())
        .extracting(ApprovalView::id)
        .containsExactly(approval.value());
  }

  @Test
  void tellsWhatChangedAfterItIsCommitted() {
    SessionId session = SessionId.next();
    List<Views.Changed> heard = new CopyOnWriteArrayList<>();
    try (var ignored =
        models.onChange(change -> {
          if (change.session().equals(session.toString())) {
            heard.add(change);
          }
        })) {
      append(0, Fixtures.opened(session, Fixtures.human("alice")));
      caughtUp();
    }
    assertThat(heard)
        .containsExactly(new Views.Changed("sessions", session.toString(), session.toString()));
  }

  @Test
  void rebuildsEveryViewToEqualRows() throws Exception {
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    hold(session, 1, approval -> new ApprovalEvent.Expired(approval, session, T0));
    append(2, Fixtures.segment(session, 0));
    caughtUp();
    Object before = everything(session);
    database.execute("UPDATE view.sessions SET operations = 999");
    for (String view : List.of("sessions", "operations", "approvals", "segments")) {
      answer(models.rebuild(view));
    }
    caughtUp();
    assertThat(everything(session)).isEqualTo(before);
    assertThatThrownBy(() -> answer(models.rebuild("tokens")))
        .hasMessageContaining("expected: one of");
  }

  @Test
  void aBatchThatAnotherProcessTookOverIsNotWritten() throws Exception {
    caughtUp();
    database.execute(
        "UPDATE view.tokens SET owner = 'another', claimed_at = now() + interval '1 hour'"
            + " WHERE processor = 'sessions'");
    SessionId session = SessionId.next();
    append(0, Fixtures.opened(session, Fixtures.human("alice")));
    Thread.sleep(1_500);
    assertThat(answer(models.session(session.toString()))).isEmpty();
    database.execute("UPDATE view.tokens SET owner = NULL WHERE processor = 'sessions'");
    caughtUp();
    assertThat(session(session).state()).isEqualTo("open");
  }

  private static List<Object> everything(SessionId session) {
    return List.of(
        session(session),
        operations(session),
        answer(models.approvals(Map.of("session", session.toString()), ALL)),
        answer(models.segments(session.toString(), 0)));
  }

  private static List<String> seen(String by, String groups) {
    return answer(models.sessions(Map.of("seenBy", by, "askedOf", groups), ALL)).items().stream()
        .map(SessionView::id)
        .toList();
  }

  private static OperationId hold(
      SessionId session, long seq, java.util.function.Function<ApprovalId, ApprovalEvent> end) {
    ApprovalId approval = ApprovalId.next();
    OperationId held = OperationId.next();
    append(
        seq, Fixtures.decided(session, held, DecisionKind.held, approval, null, "delete from t"));
    append(-1, Fixtures.requested(approval, session, held, Fixtures.human("alice")));
    append(-1, end.apply(approval));
    return held;
  }

  private static SessionEvent.OperationDecided decided(
      SessionId session, OperationId operation, DecisionKind kind) {
    return Fixtures.decided(session, operation, kind, null, null, "select 1");
  }

  private static void append(long seq, Event event) {
    log.append(seq, T0, event);
  }

  private static SessionView session(SessionId id) {
    return answer(models.session(id.toString())).orElseThrow();
  }

  private static ApprovalView approval(ApprovalId id) {
    return answer(models.approval(id.value())).orElseThrow();
  }

  private static List<OperationView> operations(SessionId id) {
    return answer(models.operations(id.toString(), ALL)).items();
  }

  /** Waits until every view has seen what is in the log now, as their own rows tell. */
  private static void caughtUp() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    SessionId last = SessionId.next();
    ApprovalId mark = ApprovalId.next();
    OperationId operation = OperationId.next();
    append(0, Fixtures.opened(last, Fixtures.human("mark")));
    append(1, decided(last, operation, DecisionKind.allowed));
    append(2, Fixtures.segment(last, 0));
    append(-1, Fixtures.requested(mark, last, operation, Fixtures.human("mark")));
    while (answer(models.session(last.toString())).isEmpty()
        || operations(last).isEmpty()
        || answer(models.segments(last.toString(), 0)).isEmpty()
        || answer(models.approval(mark.value())).isEmpty()) {
      assertThat(System.nanoTime()).as("views caught up in time").isLessThan(deadline);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T answer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
