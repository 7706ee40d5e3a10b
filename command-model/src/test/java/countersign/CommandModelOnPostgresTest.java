package countersign;

import static countersign.approval.write.Fixtures.ADA;
import static countersign.approval.write.Fixtures.BOB;
import static countersign.approval.write.Fixtures.held;
import static countersign.approval.write.Fixtures.human;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.HeldOperation;
import countersign.command.Failures;
import countersign.deciding.configuration.Configuration;
import countersign.deciding.configuration.ConfigurationFile;
import countersign.duty.DutyEvent;
import countersign.operation.DecisionKind;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.recovery.Recovery;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.StoredEvent;
import countersign.store.TestStore;
import countersign.store.axon.LogEngine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command model on the real store. */
@Timeout(60)
final class CommandModelOnPostgresTest {
  private TestStore test;
  private RunningCommandModel model;

  @BeforeEach
  void start() throws Exception {
    test = TestStore.open();
    model = RunningCommandModel.start(test.store);
  }

  @AfterEach
  void stop() {
    model.close();
    test.close();
  }

  @Test
  void holdsAnswersAndUsesOnce() throws Exception {
    SessionId session = opened(EdgeId.next());
    HeldOperation held = held(session, OperationId.next(), 2);
    ApprovalId id = ApprovalId.next();
    submit(new ApprovalCommand.Request(id, held, Instant.now().plusSeconds(600), null));
    BlockingQueue<ApprovalOutcome> heard = new ArrayBlockingQueue<>(10);
    try (var _ = model.feed().onOutcome(id, heard::add)) {
      model.send(new ApprovalCommand.Approve(id, BOB));
      model.send(new ApprovalCommand.Modify(id, human("carol", "approvers"), "select 1"));
      model.send(new ApprovalCommand.Approve(id, BOB));
      assertThat(heard.poll(5, TimeUnit.SECONDS))
          .isEqualTo(new ApprovalOutcome.Modified("carol, bob", "select 1"));
    }
    submit(new ApprovalCommand.Use(id, OperationId.next(), held.digestOf("select 1")));
    assertThat(names())
        .containsExactly(
            "SessionOpened", "ApprovalRequested", "Approved", "Modified", "Approved", "Used");
    assertThat(all().get(1).event())
        .isInstanceOfSatisfying(
            ApprovalEvent.Requested.class, e -> assertThat(e.held()).isEqualTo(held));
  }

  @Test
  void endsExactlyOnceWhenTwoProcessesAndTwoHundredAnswerAtOnce() throws Exception {
    HeldOperation held = held(opened(EdgeId.next()), OperationId.next(), 1);
    ApprovalId id = ApprovalId.next();
    submit(new ApprovalCommand.Request(id, held, Instant.now().plusSeconds(600), null));
    List<CompletableFuture<?>> all = new ArrayList<>();
    try (RunningCommandModel other = RunningCommandModel.start(test.store)) {
      for (int i = 0; i < 100; i++) {
        all.add(model.sendAsync(new ApprovalCommand.Approve(id, human("a" + i, "approvers"))));
        all.add(other.sendAsync(new ApprovalCommand.Approve(id, human("b" + i, "approvers"))));
        if (i % 25 == 12) {
          all.add(model.sendAsync(new ApprovalCommand.Withdraw(id, "cancelled")));
          all.add(other.sendAsync(new ApprovalCommand.Use(id, held.operation(), held.digest())));
        }
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .handle((_, _) -> "settled")
          .get(40, TimeUnit.SECONDS);
    }
    assertThat(names().stream().filter(Set.of("Used", "Withdrawn")::contains)).hasSize(1);
    assertThat(names().stream().filter("Approved"::equals).count()).isLessThanOrEqualTo(1);
  }

  @Test
  void declaresAConfigurationOnceAndTheFeedFollows() throws Exception {
    Configuration configuration =
        ConfigurationFile.read(
            "test.yaml",
            """
            apiVersion: countersign/v1
            dualControl: false
            secrets: [ORDERS_PW]
            powers: {administer: [admins], audit: [compliance], respond: [responders]}
            agents: [{name: agent-ada, owner: alice}]
            targets:
              - name: orders
                type: postgres
                address: "127.0.0.1:5432"
                tls: disable
                credential: {username: app, password: "${env:ORDERS_PW}"}
            duties:
              - name: ai
                groups: [ai-agents]
                targets: [orders]
                rules:
                  - {allow: [read]}
                  - {hold: [change, destroy], by: [approvers], quorum: 1, within: 15m, wait: stream}
            """);
    long first = declare(configuration);
    await(() -> model.feed().rulebook().version() >= first);
    assertThat(model.feed().rulebook().duties()).containsOnlyKeys("ai");
    assertThat(model.feed().rulebook().targets()).containsOnlyKeys("orders");
    assertThat(model.feed().rulebook().powers()).containsKey("respond");
    int size = all().size();

    // The same file at the next start, and two processes at once: only that it was loaded.
    CompletableFuture<Long> one =
        CommandModelConfiguration.configuration(test.store)
            .declare(configuration)
            .toCompletableFuture();
    CompletableFuture<Long> two =
        CommandModelConfiguration.configuration(test.store)
            .declare(configuration)
            .toCompletableFuture();
    one.get(10, TimeUnit.SECONDS);
    two.get(10, TimeUnit.SECONDS);
    assertThat(all().subList(size, size + 2))
        .extracting(StoredEvent::event)
        .allSatisfy(e -> assertThat(e).isInstanceOf(DutyEvent.ConfigurationLoaded.class));
    assertThat(all()).hasSize(size + 2);
  }

  @Test
  void closesWhatAnEdgeLeftOpen() throws Exception {
    Recovery recovery =
        CommandModelConfiguration.recovery(test.store, model.axon(), InstantSource.system());
    EdgeId gone = EdgeId.next();
    recovery.startEdge(gone, "host-1").toCompletableFuture().get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 5; i++) {
      SessionId session = opened(gone);
      OperationId operation = OperationId.next();
      HeldOperation held = held(session, OperationId.next(), 1);
      ApprovalId id = ApprovalId.next();
      append(session, 1, decided(session, operation, DecisionKind.allowed, null));
      append(
          session,
          2,
          new SessionEvent.SegmentRecorded(session, 0, 0, 10, 0, 20, 0, 5, new byte[] {1, 2}));
      append(session, 3, decided(session, held.operation(), DecisionKind.held, id));
      submit(new ApprovalCommand.Request(id, held, Instant.now().plusSeconds(600), null));
    }
    EdgeId own = EdgeId.next();
    recovery.startEdge(own, "host-1").toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(recovery.recover(own).toCompletableFuture().get(30, TimeUnit.SECONDS))
        .isEqualTo(new Recovery.Recovered(1, 5, 5, 5));
    assertThat(recovery.recover(own).toCompletableFuture().get(30, TimeUnit.SECONDS))
        .isEqualTo(new Recovery.Recovered(0, 0, 0, 0));
    assertThat(all().stream().map(StoredEvent::event))
        .filteredOn(SessionEvent.Interrupted.class::isInstance)
        .hasSize(5)
        .allSatisfy(e -> assertThat(((SessionEvent.Interrupted) e).gap().outFrom()).isEqualTo(20));
  }

  /** A restart shows the gap within 10 s, however long the session was. */
  @Test
  void findsTheEndOfALongSessionInSeconds() throws Exception {
    Recovery recovery =
        CommandModelConfiguration.recovery(test.store, model.axon(), InstantSource.system());
    EdgeId gone = EdgeId.next();
    recovery.startEdge(gone, "host-1").toCompletableFuture().get(10, TimeUnit.SECONDS);
    SessionId session = opened(gone);
    int operations = Integer.getInteger("long.operations", 5_000);
    long seq = 1;
    for (int batch = 0; batch < operations / 100; batch++) {
      List<SessionEvent> events = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        OperationId operation = OperationId.next();
        events.add(decided(session, operation, DecisionKind.allowed, null));
        events.add(
            new SessionEvent.OperationCompleted(
                session, operation, "ok", "00000", 1, 1, 1, "SELECT 1"));
      }
      model.append().append(session, seq, events).toCompletableFuture().get(10, TimeUnit.SECONDS);
      seq += events.size();
    }
    long began = System.nanoTime();
    assertThat(recovery.recover(EdgeId.next()).toCompletableFuture().get(60, TimeUnit.SECONDS))
        .isEqualTo(new Recovery.Recovered(1, 1, 0, 0));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void streamsToProcessorsInOrderWithoutAHole() throws Exception {
    LogEngine engine = new LogEngine(test.store);
    MessageStream<EventMessage> stream =
        engine.stream(StreamingCondition.startingFrom(new GlobalSequenceTrackingToken(0)), null);
    Semaphore wake = new Semaphore(0);
    stream.setCallback(wake::release);
    List<CompletableFuture<Void>> appends = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      SessionId session = SessionId.next();
      appends.add(
          model
              .append()
              .append(session, 0, List.of(opening(session, EdgeId.next())))
              .toCompletableFuture());
    }
    List<String> positions = new ArrayList<>();
    while (positions.size() < 2_000) {
      var next = stream.next();
      if (next.isPresent()) {
        positions.add(next.get().message().metadata().get("position"));
      } else {
        assertThat(wake.tryAcquire(5, TimeUnit.SECONDS)).as("woken").isTrue();
      }
    }
    stream.close();
    for (int i = 0; i < 2_000; i++) {
      assertThat(positions.get(i)).isEqualTo(Integer.toString(i));
    }
    CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
  }

  @Test
  void refusesInWordsWhenAnApprovalIsUnknown() {
    assertThat(
            model
                .sendAsync(new ApprovalCommand.Approve(ApprovalId.next(), BOB))
                .handle((_, failure) -> Failures.refusal(failure).getMessage())
                .join())
        .startsWith("id: apr-");
  }

  private long declare(Configuration configuration) throws Exception {
    return CommandModelConfiguration.configuration(test.store)
        .declare(configuration)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private SessionId opened(EdgeId edge) throws Exception {
    SessionId session = SessionId.next();
    append(session, 0, opening(session, edge));
    return session;
  }

  private static SessionEvent opening(SessionId session, EdgeId edge) {
    return new SessionEvent.Opened(
        session,
        edge,
        "postgres",
        "statement",
        ADA,
        "orders",
        "orders",
        "app",
        "127.0.0.1:1",
        "psql");
  }

  private static SessionEvent decided(
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

  private void append(SessionId session, long seq, SessionEvent event) throws Exception {
    model
        .append()
        .append(session, seq, List.of(event))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private void submit(ApprovalCommand.FromEdge command) throws Exception {
    model.append().submit(command).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private List<StoredEvent> all() {
    return test.store.read(0, 10_000, List.of()).toCompletableFuture().join();
  }

  private List<String> names() {
    return all().stream().map(StoredEvent::type).toList();
  }

  private static void await(java.util.function.BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
