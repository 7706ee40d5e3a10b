package countersign;

import static countersign.approval.write.Fixtures.ADA;
import static countersign.approval.write.Fixtures.ALICE;
import static countersign.approval.write.Fixtures.BOB;
import static countersign.approval.write.Fixtures.CAROL;
import static countersign.approval.write.Fixtures.FRANK;
import static countersign.approval.write.Fixtures.held;
import static countersign.approval.write.Fixtures.human;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.ApprovalRefused;
import countersign.approval.HeldOperation;
import countersign.approval.Ticket;
import countersign.command.Failures;
import countersign.duty.Duty;
import countersign.duty.DutyEvent;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.operation.OperationId;
import countersign.port.Append;
import countersign.port.AppendRefused;
import countersign.session.EdgeId;
import countersign.session.OversightEvent;
import countersign.session.SessionCommand;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.session.SessionRefused;
import countersign.store.Draft;
import countersign.store.InMemoryLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command model as the edge and the API use it, on Axon's bus and our engine. */
final class CommandModelTest {
  private final InMemoryLog log = new InMemoryLog();
  private RunningCommandModel model;

  @BeforeEach
  void start() throws Exception {
    model = RunningCommandModel.start(log);
  }

  @AfterEach
  void stop() {
    model.close();
    log.close();
  }

  @Test
  void letsAHeldOperationRunOnceAfterASecondPersonSaidYes() throws Exception {
    HeldOperation held = held(1);
    ApprovalId id = request(held);
    BlockingQueue<ApprovalOutcome> heard = listen(id);

    model.send(new ApprovalCommand.Approve(id, BOB));
    assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(new ApprovalOutcome.Approved("bob"));
    submit(new ApprovalCommand.Use(id, held.operation(), held.digest()));

    assertThat(
            refusal(model.append(), new ApprovalCommand.Use(id, held.operation(), held.digest())))
        .isEqualTo(ApprovalRefused.Kind.ended);
    assertThat(names()).containsExactly("ApprovalRequested", "Approved", "Used");
    assertThat(log.all()).allSatisfy(e -> assertThat(e.tags()).containsExactly("approval=" + id));
    assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).as("told once").isNull();
  }

  @Test
  void tellsWhoBeginsToListenAfterTheEnd() throws Exception {
    ApprovalId id = request(held(1));
    model.send(new ApprovalCommand.Modify(id, BOB, "select 1"));
    assertThat(listen(id).poll(5, TimeUnit.SECONDS))
        .isEqualTo(new ApprovalOutcome.Modified("bob", "select 1"));
  }

  @Test
  void findsTheNewestRequestOfAnOperationAndWhatBecameOfIt() throws Exception {
    String repeat = "ab".repeat(32);
    HeldOperation held = held(1);
    ApprovalId first = ApprovalId.next();
    Instant due = Instant.now().plusSeconds(600).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    assertThat(ticket(repeat)).isEmpty();
    submit(new ApprovalCommand.Request(first, held, due, repeat));
    assertThat(log.all().getLast().tags())
        .containsExactlyInAnyOrder("approval=" + first, "repeat=" + log.blinded(repeat))
        .doesNotContain("repeat=" + repeat);
    assertThat(ticket(repeat)).contains(new Ticket(first, held, due, null));
    assertThat(ticket("cd".repeat(32))).isEmpty();

    model.send(new ApprovalCommand.Approve(first, BOB));
    assertThat(ticket(repeat).orElseThrow().outcome())
        .isEqualTo(new ApprovalOutcome.Approved("bob"));
    submit(new ApprovalCommand.Use(first, OperationId.next(), held.digest()));
    assertThat(ticket(repeat).orElseThrow().outcome())
        .isInstanceOf(ApprovalOutcome.Withdrawn.class);

    ApprovalId second = ApprovalId.next();
    submit(new ApprovalCommand.Request(second, held(1), due, repeat));
    assertThat(ticket(repeat).orElseThrow().id()).isEqualTo(second);
  }

  private Optional<Ticket> ticket(String repeat) throws Exception {
    return model.feed().ticket(repeat).toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  @Test
  void recordsTheAttemptAndThenRefusesIt() throws Exception {
    ApprovalId id = request(held(1));
    for (var by : List.of(ADA, ALICE)) {
      Throwable failure = catchThrowable(() -> model.send(new ApprovalCommand.Approve(id, by)));
      assertThat(Failures.refusal(failure))
          .isInstanceOfSatisfying(
              ApprovalRefused.class,
              e -> assertThat(e.kind()).isEqualTo(ApprovalRefused.Kind.notEligible));
    }
    assertThat(names())
        .containsExactly("ApprovalRequested", "ApprovalAttemptRefused", "ApprovalAttemptRefused");
  }

  @Test
  void refusesAnApprovalThatWasNeverAskedFor() {
    Throwable failure =
        catchThrowable(() -> model.send(new ApprovalCommand.Approve(ApprovalId.next(), BOB)));
    assertThat(Failures.refusal(failure))
        .isInstanceOfSatisfying(
            ApprovalRefused.class,
            e -> assertThat(e.kind()).isEqualTo(ApprovalRefused.Kind.notFound));
  }

  @Test
  void endsExactlyOnceWhenTwoHundredAnswerAtOnce() throws Exception {
    HeldOperation held = held(1);
    ApprovalId id = request(held);
    BlockingQueue<ApprovalOutcome> heard = listen(id);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(model.sendAsync(new ApprovalCommand.Approve(id, human("p" + i, "approvers"))));
      if (i % 50 == 20) {
        all.add(
            model
                .append()
                .submit(new ApprovalCommand.Withdraw(id, "cancelled"))
                .toCompletableFuture());
        all.add(
            model
                .append()
                .submit(new ApprovalCommand.Use(id, held.operation(), held.digest()))
                .toCompletableFuture());
      }
    }
    settle(all);

    assertThat(names().stream().filter(Set.of("Used", "Withdrawn")::contains)).hasSize(1);
    assertThat(names().stream().filter("Approved"::equals).count()).isLessThanOrEqualTo(1);
    assertThat(all).allSatisfy(f -> assertThat(f).isDone());
    assertThat(heard.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(heard.poll(100, TimeUnit.MILLISECONDS)).as("told once").isNull();
  }

  @Test
  void countsEveryOneOfManyWhoAnswerAtOnce() throws Exception {
    ApprovalId id = request(held(50));
    CompletableFuture<?>[] all =
        IntStream.range(0, 50)
            .mapToObj(
                i -> model.sendAsync(new ApprovalCommand.Approve(id, human("p" + i, "approvers"))))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(all).get(20, TimeUnit.SECONDS);
    assertThat(log.all().stream().map(StoredEvent::event))
        .filteredOn(ApprovalEvent.Approved.class::isInstance)
        .hasSize(50)
        .filteredOn(e -> ((ApprovalEvent.Approved) e).complete())
        .hasSize(1);
  }

  @Test
  void winsAgainstAnotherProcessOnlyThroughTheCondition() throws Exception {
    HeldOperation held = held(1);
    ApprovalId id = request(held);
    try (RunningCommandModel other = RunningCommandModel.start(log)) {
      List<CompletableFuture<?>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(model.sendAsync(new ApprovalCommand.Approve(id, human("a" + i, "approvers"))));
        all.add(other.sendAsync(new ApprovalCommand.Deny(id, human("b" + i, "approvers"), "no")));
      }
      settle(all);
    }
    assertThat(names().stream().filter("Denied"::equals)).hasSize(1);
    assertThat(names().stream().filter("Approved"::equals).count()).isLessThanOrEqualTo(1);
  }

  @Test
  void decidesWithTheRulebookInForceWhateverTheFeedHasHeard() throws Exception {
    HeldOperation held = held(1);
    ApprovalId id = request(held);
    model.send(new ApprovalCommand.Approve(id, BOB));
    // The rulebook changes, and the use follows at once: bob is declared to be alice.
    Event link =
        new DutyEvent.DirectoryDeclared(
            "rulebook",
            List.of(
                new countersign.duty.Rulebook.Person(
                    "alice",
                    List.of(
                        new countersign.duty.Rulebook.Account(
                            BOB.acting().issuer(), BOB.acting().subject())))),
            List.of(),
            java.util.Map.of(),
            "erin");
    put(link);
    assertThat(
            refusal(model.append(), new ApprovalCommand.Use(id, held.operation(), held.digest())))
        .isEqualTo(ApprovalRefused.Kind.pending);
  }

  @Test
  void expiresWhatNobodyAnswersAlsoAfterARestart() throws Exception {
    ApprovalId soon = ApprovalId.next();
    submit(new ApprovalCommand.Request(soon, held(1), Instant.now().plusMillis(700), null));
    ApprovalId answered = ApprovalId.next();
    submit(new ApprovalCommand.Request(answered, held(1), Instant.now().plusMillis(700), null));
    model.send(new ApprovalCommand.Deny(answered, BOB, "no"));
    model.close();

    model = RunningCommandModel.start(log);
    assertThat(listen(soon).poll(10, TimeUnit.SECONDS)).isEqualTo(new ApprovalOutcome.Expired());
    assertThat(names().stream().filter("Expired"::equals)).hasSize(1);
  }

  @Test
  void foldsTheRulebookAndTellsItsListeners() throws Exception {
    BlockingQueue<Long> versions = new ArrayBlockingQueue<>(10);
    try (var _ = model.feed().onRulebook(book -> versions.add(book.version()))) {
      long position = put(declared("readers"));
      assertThat(versions.poll(5, TimeUnit.SECONDS)).isEqualTo(position);
      assertThat(model.feed().rulebook().duties()).containsOnlyKeys("readers");
      long removed = put(new DutyEvent.Removed("rulebook", "readers", "erin"));
      assertThat(versions.poll(5, TimeUnit.SECONDS)).isEqualTo(removed);
      assertThat(model.feed().rulebook().duties()).isEmpty();
    }
  }

  @Test
  void losesItsLeaseWhileTheStoreDoesNotAnswerAndGetsItBack() throws Exception {
    assertThat(model.feed().leased()).isTrue();
    log.down(true);
    await(() -> !model.feed().leased(), Duration.ofSeconds(10));
    assertThat(
            Failures.refusal(
                catchThrowable(
                    () -> model.send(new ApprovalCommand.Approve(ApprovalId.next(), BOB)))))
        .isInstanceOfSatisfying(
            AppendRefused.class,
            e -> assertThat(e.reason()).isEqualTo(AppendRefused.Reason.storeDown));
    log.down(false);
    await(() -> model.feed().leased(), Duration.ofSeconds(5));
  }

  @Test
  void takesNoMoreOfASessionAfterOneFailure() {
    SessionId session = SessionId.next();
    Append append = model.append();
    append.append(session, 0, List.of(opened(session))).toCompletableFuture().join();
    CompletionStage<Void> hole = append.append(session, 2, List.of(closed(session)));
    assertThat(catchThrowable(() -> hole.toCompletableFuture().join()))
        .hasCauseInstanceOf(AppendRefused.class);
    assertThat(
            catchThrowable(() ->
                append.append(session, 1, List.of(closed(session))).toCompletableFuture().join()))
        .hasCauseInstanceOf(AppendRefused.class);
    assertThat(names()).containsExactly("SessionOpened");
  }

  @Test
  void endsASessionForResponderAndOwnPeopleOnly() throws Exception {
    SessionId session = SessionId.next();
    model.append().append(session, 0, List.of(opened(session))).toCompletableFuture().join();
    BlockingQueue<String> words = new ArrayBlockingQueue<>(10);
    try (var _ = model.feed().onTerminate(session, words::add)) {
      assertThat(
              Failures.refusal(
                  catchThrowable(
                      () -> model.send(new SessionCommand.Terminate(session, CAROL, "")))))
          .isInstanceOfSatisfying(
              SessionRefused.class,
              e -> assertThat(e.kind()).isEqualTo(SessionRefused.Kind.notAllowed));
      model.send(new SessionCommand.Terminate(session, FRANK, "incident 7"));
      assertThat(words.poll(5, TimeUnit.SECONDS)).isEqualTo("session ended by frank: incident 7");
    }
    model.send(new SessionCommand.Terminate(session, ALICE, ""));
    model.append().append(session, 1, List.of(closed(session))).toCompletableFuture().join();
    assertThat(
            Failures.refusal(
                catchThrowable(() -> model.send(new SessionCommand.Terminate(session, FRANK, "")))))
        .isInstanceOfSatisfying(
            SessionRefused.class, e -> assertThat(e.kind()).isEqualTo(SessionRefused.Kind.ended));
  }

  @Test
  void recordsWhoOpensContentBeforeItIsGiven() throws Exception {
    SessionId session = SessionId.next();
    assertThat(
            Failures.refusal(
                catchThrowable(() ->
                    model.send(new SessionCommand.OpenContent(session, CAROL, "recording", "")))))
        .isInstanceOf(SessionRefused.class);
    model.append().append(session, 0, List.of(opened(session))).toCompletableFuture().join();
    model.send(new SessionCommand.OpenContent(session, CAROL, "recording", "audit 12"));
    assertThat(log.all().getLast().event())
        .isInstanceOfSatisfying(
            OversightEvent.ContentOpened.class, e -> assertThat(e.purpose()).isEqualTo("audit 12"));
  }

  private ApprovalId request(HeldOperation held) throws Exception {
    ApprovalId id = ApprovalId.next();
    submit(new ApprovalCommand.Request(id, held, Instant.now().plusSeconds(600), null));
    return id;
  }

  private void submit(ApprovalCommand.FromEdge command) throws Exception {
    model.append().submit(command).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static ApprovalRefused.Kind refusal(Append append, ApprovalCommand.FromEdge command) {
    Throwable failure =
        catchThrowable(
            () -> append.submit(command).toCompletableFuture().get(10, TimeUnit.SECONDS));
    return ((ApprovalRefused) failure.getCause()).kind();
  }

  private BlockingQueue<ApprovalOutcome> listen(ApprovalId id) {
    BlockingQueue<ApprovalOutcome> heard = new ArrayBlockingQueue<>(10);
    var _ = model.feed().onOutcome(id, heard::add);
    return heard;
  }

  /** Waits until each has succeeded or failed. */
  private static void settle(List<CompletableFuture<?>> all) throws Exception {
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .handle((_, _) -> "settled")
        .get(20, TimeUnit.SECONDS);
  }

  private long put(Event event) {
    return log.append(
            new Item(
                List.of(Draft.of(event, KeyScope.of(null), Tags.of(event))),
                null,
                Urgency.decision))
        .toCompletableFuture()
        .join();
  }

  private static DutyEvent declared(String name) {
    return new DutyEvent.Declared(
        "rulebook", new Duty(name, Set.of("g"), Set.of("orders"), List.of()), "config-file");
  }

  private static SessionEvent opened(SessionId session) {
    return new SessionEvent.Opened(
        session,
        EdgeId.next(),
        "postgres",
        "statement",
        ADA,
        "orders",
        "orders",
        "app",
        "127.0.0.1:1",
        "psql");
  }

  private static SessionEvent closed(SessionId session) {
    return new SessionEvent.Closed(session, EdgeId.next(), 0, 0, 0, "client", "");
  }

  private List<String> names() {
    return log.all().stream().map(StoredEvent::type).toList();
  }

  private static void await(java.util.function.BooleanSupplier wanted, Duration longest)
      throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within %s", longest).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
