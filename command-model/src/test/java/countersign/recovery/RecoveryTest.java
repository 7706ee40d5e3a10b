package countersign.recovery;

import static countersign.approval.write.Fixtures.ADA;
import static countersign.approval.write.Fixtures.BOB;
import static countersign.approval.write.Fixtures.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import countersign.RunningCommandModel;
import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.HeldOperation;
import countersign.event.Event;
import countersign.operation.DecisionKind;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.port.AppendRefused;
import countersign.port.Feed;
import countersign.session.EdgeEvent;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.InMemoryLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found and closed after an edge went away. */
final class RecoveryTest {
  private final InMemoryLog log = new InMemoryLog();
  private final EdgeId gone = EdgeId.next();
  private final EdgeId own = EdgeId.next();
  private final Map<SessionId, Long> sequences = new HashMap<>();
  private RunningCommandModel model;

  @BeforeEach
  void start() throws Exception {
    model = RunningCommandModel.start(log);
    recovery(log).startEdge(gone, "host-1").toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    model.close();
    log.close();
  }

  @Test
  void endsWhatWasForwardedAsUnknownAndDeclaresTheGap() throws Exception {
    SessionId session = open(gone);
    OperationId done = decided(session, OperationId.next(), DecisionKind.allowed, null);
    append(session, new SessionEvent.OperationCompleted(session, done, "ok", "00000", 1, 9, 1, ""));
    OperationId blocked = decided(session, OperationId.next(), DecisionKind.blocked, null);
    OperationId running = decided(session, OperationId.next(), DecisionKind.allowed, null);
    segment(session, 0, 0, 100, 0, 500);
    segment(session, 1, 100, 11, 500, 5_000);
    OperationId read = OperationId.next();
    append(
        session,
        new SessionEvent.OperationsDecided(
            session, List.of(decision(session, read, DecisionKind.allowed, null))));

    Recovery.Recovered recovered = recover(log);

    assertThat(recovered).isEqualTo(new Recovery.Recovered(1, 1, 2, 0));
    List<StoredEvent> ending = tail(3, 1);
    assertThat(ending.getFirst().event())
        .isInstanceOfSatisfying(
            SessionEvent.OutcomeUnknown.class, e -> assertThat(e.operation()).isEqualTo(running));
    assertThat(ending.get(1).event())
        .isInstanceOfSatisfying(
            SessionEvent.OutcomeUnknown.class, e -> assertThat(e.operation()).isEqualTo(read));
    assertThat(ending.get(2).event())
        .isInstanceOfSatisfying(
            SessionEvent.Interrupted.class,
            e -> {
              assertThat(e.edge()).isEqualTo(gone);
              assertThat(e.gap().inFrom()).isEqualTo(111);
              assertThat(e.gap().outFrom()).isEqualTo(5_500);
              assertThat(e.gap().from()).isBeforeOrEqualTo(e.gap().to());
            });
    assertThat(ending).extracting(StoredEvent::sessionSeq).containsExactly(8L, 9L, 10L);
    assertThat(ending.get(2).tags()).contains("edge=" + gone);
    assertThat(log.all().getLast().event())
        .isInstanceOfSatisfying(EdgeEvent.Fenced.class, e -> assertThat(e.sessions()).isEqualTo(1));
    assertThat(blocked).isNotNull();
  }

  @Test
  void leavesTicketsAloneWhichOutliveTheirSessions() throws Exception {
    SessionId session = open(gone);
    HeldOperation ticket = held(session, OperationId.next(), 1);
    decided(session, ticket.operation(), DecisionKind.held, approvalOf(ticket));
    submit(
        new ApprovalCommand.Request(
            approvalOf(ticket), ticket, Instant.now().plusSeconds(600), "ab".repeat(32)));

    assertThat(recover(log)).isEqualTo(new Recovery.Recovered(1, 1, 0, 0));

    assertThat(events(ApprovalEvent.Withdrawn.class)).isEmpty();
    model.send(new ApprovalCommand.Approve(approvalOf(ticket), BOB));
  }

  @Test
  void withdrawsWhatWaitsAndCallsUnknownWhatWasUsed() throws Exception {
    SessionId session = open(gone);
    HeldOperation waiting = hold(session);
    HeldOperation used = hold(session);
    ApprovalId usedId = approvalOf(used);
    model.send(new ApprovalCommand.Approve(usedId, BOB));
    submit(new ApprovalCommand.Use(usedId, used.operation(), used.digest()));
    HeldOperation denied = hold(session);
    model.send(new ApprovalCommand.Deny(approvalOf(denied), BOB, "no"));

    assertThat(recover(log)).isEqualTo(new Recovery.Recovered(1, 1, 1, 1));

    assertThat(events(ApprovalEvent.Withdrawn.class))
        .singleElement()
        .satisfies(e -> assertThat(e.id()).isEqualTo(approvalOf(waiting)));
    assertThat(events(SessionEvent.OutcomeUnknown.class))
        .singleElement()
        .satisfies(e -> assertThat(e.operation()).isEqualTo(used.operation()));
  }

  @Test
  void callsAModifiedStatementUnknownOnlyWhenItsApprovalWasUsed() throws Exception {
    SessionId session = open(gone);
    HeldOperation notUsed = hold(session);
    model.send(new ApprovalCommand.Modify(approvalOf(notUsed), BOB, "select 1"));
    decided(session, OperationId.next(), DecisionKind.allowed, approvalOf(notUsed));
    HeldOperation used = hold(session);
    model.send(new ApprovalCommand.Modify(approvalOf(used), BOB, "select 2"));
    OperationId runs = decided(session, OperationId.next(), DecisionKind.held, approvalOf(used));
    submit(new ApprovalCommand.Use(approvalOf(used), runs, used.digestOf("select 2")));

    assertThat(recover(log)).isEqualTo(new Recovery.Recovered(1, 1, 1, 1));
    assertThat(events(SessionEvent.OutcomeUnknown.class))
        .singleElement()
        .satisfies(e -> assertThat(e.operation()).isEqualTo(runs));
  }

  @Test
  void leavesClosedSessionsAndItsOwnEdgeAlone() throws Exception {
    SessionId closed = open(gone);
    append(closed, new SessionEvent.Closed(closed, gone, 0, 0, 0, "client", ""));
    recovery(log).startEdge(own, "host-1").toCompletableFuture().join();
    SessionId living = open(own);

    assertThat(recover(log)).isEqualTo(new Recovery.Recovered(1, 0, 0, 0));
    assertThat(events(SessionEvent.Interrupted.class)).isEmpty();
    append(living, new SessionEvent.Closed(living, own, 0, 0, 0, "client", ""));
  }

  @Test
  void changesNothingTheSecondTime() throws Exception {
    hold(open(gone));
    recover(log);
    int before = log.all().size();
    assertThat(recover(log)).isEqualTo(new Recovery.Recovered(0, 0, 0, 0));
    assertThat(log.all()).hasSize(before);
  }

  /** Cuts every run after one more append, as a crash would, and starts again. */
  @Test
  void goesOnWhereACrashStoppedIt() throws Exception {
    for (int i = 0; i < 3; i++) {
      SessionId session = open(gone);
      decided(session, OperationId.next(), DecisionKind.allowed, null);
      hold(session);
    }
    int runs = 0;
    boolean done = false;
    while (!done) {
      assertThat(++runs).isLessThan(20);
      // A withdrawal goes over the bus of the model, the others through this log: one at a time.
      done = catchThrowable(() -> recover(new OneAppend(log))) == null;
    }
    assertThat(runs).as("it was cut at every step").isGreaterThan(3);
    assertThat(events(SessionEvent.Interrupted.class)).hasSize(3);
    assertThat(events(SessionEvent.OutcomeUnknown.class)).hasSize(3);
    assertThat(events(ApprovalEvent.Withdrawn.class)).hasSize(3);
    assertThat(events(EdgeEvent.Fenced.class)).hasSize(1);
  }

  @Test
  void endsEachSessionOnceWhenTwoProcessesRecover() throws Exception {
    for (int i = 0; i < 10; i++) {
      decided(open(gone), OperationId.next(), DecisionKind.allowed, null);
    }
    CompletableFuture<Recovery.Recovered> one = recovery(log).recover(own).toCompletableFuture();
    CompletableFuture<Recovery.Recovered> two = recovery(log).recover(own).toCompletableFuture();
    one.get(30, TimeUnit.SECONDS);
    two.get(30, TimeUnit.SECONDS);
    assertThat(events(SessionEvent.Interrupted.class)).hasSize(10);
    assertThat(events(EdgeEvent.Fenced.class)).hasSize(1);
  }

  private Recovery recovery(EventLog over) {
    return new Recovery(
        over, model.axon().getComponent(CommandGateway.class), InstantSource.system());
  }

  private Recovery.Recovered recover(EventLog over) throws Exception {
    return recovery(over).recover(own).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private SessionId open(EdgeId edge) {
    SessionId session = SessionId.next();
    append(
        session,
        new SessionEvent.Opened(
            session,
            edge,
            "postgres",
            "statement",
            ADA,
            "orders",
            "orders",
            "app",
            "127.0.0.1:1",
            "psql"));
    return session;
  }

  private void append(SessionId session, SessionEvent event) {
    long seq = sequences.merge(session, 0L, (before, _) -> before + 1);
    model.append().append(session, seq, List.of(event)).toCompletableFuture().join();
  }

  private OperationId decided(
      SessionId session, OperationId operation, DecisionKind kind, ApprovalId approval) {
    append(session, decision(session, operation, kind, approval));
    return operation;
  }

  private static SessionEvent.OperationDecided decision(
      SessionId session, OperationId operation, DecisionKind kind, ApprovalId approval) {
    return new SessionEvent.OperationDecided(
        session,
        operation,
        kind,
        Set.of(),
        0,
        "0".repeat(64),
        approval,
        null,
        false,
        "select 1",
        List.of(),
        Facts.NONE,
        "ai/1",
        "");
  }

  private void segment(
      SessionId session, long number, long inFrom, long in, long outFrom, long out) {
    append(
        session,
        new SessionEvent.SegmentRecorded(
            session, number, inFrom, in, outFrom, out, 0, 1, new byte[] {1}));
  }

  private HeldOperation hold(SessionId session) throws Exception {
    HeldOperation held = held(session, OperationId.next(), 1);
    decided(session, held.operation(), DecisionKind.held, approvalOf(held));
    submit(
        new ApprovalCommand.Request(approvalOf(held), held, Instant.now().plusSeconds(600), null));
    return held;
  }

  private static ApprovalId approvalOf(HeldOperation held) {
    return new ApprovalId("apr-" + held.operation().value().toString().replace("-", ""));
  }

  private void submit(ApprovalCommand.FromEdge command) throws Exception {
    model.append().submit(command).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Some events before the last one. */
  private List<StoredEvent> tail(int count, int before) {
    List<StoredEvent> all = log.all();
    return all.subList(all.size() - before - count, all.size() - before);
  }

  private <E extends Event> List<E> events(Class<E> type) {
    return log.all().stream()
        .map(StoredEvent::event)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Takes one item and then fails as a store does that went away. */
  private static final class OneAppend implements EventLog {
    private final EventLog log;
    private final AtomicInteger left = new AtomicInteger(1);

    OneAppend(EventLog log) {
      this.log = log;
    }

    @Override
    public CompletionStage<Long> append(Item item) {
      return left.getAndDecrement() > 0
          ? log.append(item)
          : CompletableFuture.failedFuture(
              new AppendRefused(AppendRefused.Reason.storeDown, "cut"));
    }

    @Override
    public CompletionStage<List<StoredEvent>> read(long from, int limit, List<Criterion> criteria) {
      return log.read(from, limit, criteria);
    }

    @Override
    public CompletionStage<Optional<StoredEvent>> newest(Criterion criterion) {
      return log.newest(criterion);
    }

    @Override
    public String blinded(String words) {
      return log.blinded(words);
    }

    @Override
    public CompletionStage<Long> head() {
      return log.head();
    }

    @Override
    public long knownHead() {
      return log.knownHead();
    }

    @Override
    public Feed.Subscription onHead(LongConsumer newHead) {
      return log.onHead(newHead);
    }

    @Override
    public void close() {}
  }
}
