package countersign.feed;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalOutcome;
import countersign.approval.Ticket;
import countersign.duty.DutyEvent;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.port.Feed;
import countersign.port.Proposals;
import countersign.session.OversightEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import countersign.target.TargetEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The feed of edges that live in control's own process: one virtual thread follows the log.
 *
 * <p>Listeners are called on that thread, one after the other, and must not block. An outcome is
 * always worked out from the approval's own history, so nothing depends on when somebody began to
 * listen. {@link #leased()} is true while the store answered within the lease and every event of
 * the configuration could be read.
 */
public final class LogFeed implements Feed, Proposals, RulebookInForce, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LogFeed.class);

  /** How long an edge may go on deciding without news of the store. */
  public static final Duration LEASE = Duration.ofSeconds(5);

  private static final long LOOK_AGAIN_MILLIS = 500;
  private static final long ASK_AGAIN_MILLIS = 250;
  private static final long GATHER_MILLIS = 4;
  private static final long ANSWER_SECONDS = 4;
  private static final int PAGE = 500;
  private static final long PROPOSE_SECONDS = 10;

  private static final List<Criterion> FOLLOWED =
      List.of(
          RulebookFold.EVENTS,
          new Criterion(
              Set.of(), Set.of("Approved", "Modified", "Denied", "Expired", "Withdrawn", "Used")),
          new Criterion(Set.of(), Set.of("SessionTerminateRequested")));

  private final EventLog log;
  private final Thread follower;
  private final Semaphore wake = new Semaphore(0);
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Waiting<ApprovalId, ApprovalOutcome> outcomes = new Waiting<>();
  private final Waiting<SessionId, String> terminations = new Waiting<>();
  private final Map<ApprovalId, Proposal> proposals = new ConcurrentHashMap<>();
  private final List<Consumer<Rulebook>> rulebookListeners = new CopyOnWriteArrayList<>();

  private volatile Rulebook rulebook = Rulebook.EMPTY;
  private volatile long seen = -1;
  private volatile long heardNanos;
  private volatile boolean heard;
  private volatile boolean closed;

  /** Makes a feed over a log that somebody else opens and closes. */
  public LogFeed(EventLog log) {
    this.log = log;
    this.follower = Thread.ofVirtual().name("feed").unstarted(this::follow);
  }

  /**
   * Begins to follow. Called once.
   *
   * @return completes when the rulebook of this moment is known
   */
  public CompletionStage<Void> start() {
    follower.start();
    return caughtUp.copy();
  }

  private void follow() {
    try (Subscription _ = log.onHead(_ -> wake.release())) {
      boolean failing = false;
      while (!closed) {
        try {
          catchUp();
          checkOutcomes();
          checkTerminations();
          failing = false;
          caughtUp.complete(null);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
          if (!failing) {
            LOG.warnf("feed failing=true cause=%s", reason(e));
          }
          failing = true;
        }
        if (wake.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
          // Many commits become one look: the log wakes for every batch, thousands in a second.
          Thread.sleep(GATHER_MILLIS);
          wake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // Closed; nobody waits for this thread.
      Thread.currentThread().interrupt();
    }
  }

  private static String reason(Exception e) {
    return e instanceof ExecutionException && e.getCause() != null
        ? e.getCause().toString()
        : e.toString();
  }

  private void catchUp() throws InterruptedException, ExecutionException, TimeoutException {
    long asked = System.nanoTime();
    boolean news = !heard || asked - heardNanos >= TimeUnit.MILLISECONDS.toNanos(ASK_AGAIN_MILLIS);
    // Asking the database proves that it answers; between two times what this process heard is
    // enough.
    long head = news ? answer(log.head()) : log.knownHead();
    List<Criterion> criteria = caughtUp.isDone() ? FOLLOWED : List.of(RulebookFold.EVENTS);
    while (seen < head) {
      List<StoredEvent> page = answer(log.follow(seen + 1, PAGE, criteria));
      page.forEach(this::note);
      Rulebook folded =
          RulebookFold.fold(rulebook, page.stream().filter(LogFeed::configures).toList());
      boolean changed = folded.version() != rulebook.version();
      rulebook = folded;
      seen = page.isEmpty() ? head : Math.max(seen, page.getLast().position());
      if (changed) {
        rulebookListeners.forEach(listener -> Waiting.call(listener, folded));
      }
    }
    if (news) {
      heardNanos = asked;
      heard = true;
    }
  }

  private void note(StoredEvent stored) {
    switch (stored.event()) {
      case ApprovalEvent approval -> outcomes.touched(approval.id());
      case OversightEvent.TerminateRequested terminate -> terminations.touched(terminate.session());
      default -> {
        // Configuration is folded whole; nothing else is asked for.
      }
    }
  }

  /** By tag, not by class: what cannot be read must stop the fold, not be skipped. */
  private static boolean configures(StoredEvent stored) {
    Event event = stored.event();
    return event instanceof DutyEvent
        || event instanceof TargetEvent
        || stored.tags().containsAll(RulebookFold.EVENTS.tags());
  }

  private void checkOutcomes() throws InterruptedException, ExecutionException, TimeoutException {
    Set<ApprovalId> ids = outcomes.take();
    try {
      for (ApprovalId id : Set.copyOf(ids)) {
        List<StoredEvent> history = history(Criterion.tag("approval", id.value()));
        ids.remove(id);
        Optional<ApprovalOutcome> outcome = Outcomes.of(history);
        outcome.ifPresent(ended -> outcomes.tell(id, ended));
      }
    } finally {
      ids.forEach(outcomes::touched);
    }
  }

  private void checkTerminations()
      throws InterruptedException, ExecutionException, TimeoutException {
    Set<SessionId> sessions = terminations.take();
    try {
      for (SessionId session : Set.copyOf(sessions)) {
        List<StoredEvent> history = history(Criterion.tag("terminate", session.toString()));
        sessions.remove(session);
        history.stream()
            .map(StoredEvent::event)
            .filter(OversightEvent.TerminateRequested.class::isInstance)
            .map(OversightEvent.TerminateRequested.class::cast)
            .findFirst()
            .ifPresent(ended -> terminations.tell(session, words(ended)));
      }
    } finally {
      sessions.forEach(terminations::touched);
    }
  }

  private static String words(OversightEvent.TerminateRequested ended) {
    String by = "session ended by " + ended.by().name();
    return ended.reason().isBlank() ? by : by + ": " + ended.reason();
  }

  private List<StoredEvent> history(Criterion criterion)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<StoredEvent> all = new ArrayList<>();
    List<StoredEvent> page;
    do {
      long from = all.isEmpty() ? 0 : all.getLast().position() + 1;
      page = answer(log.read(from, PAGE, List.of(criterion)));
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }

  private static <T> T answer(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Rulebook rulebook() {
    return rulebook;
  }

  @Override
  public boolean leased() {
    return heard && System.nanoTime() - heardNanos < LEASE.toNanos();
  }

  @Override
  public CompletionStage<Rulebook> at(long position) {
    // The rulebook is set before what was seen: read the other way round, it is never older.
    return seen >= position ? CompletableFuture.completedFuture(rulebook) : more(rulebook);
  }

  private CompletionStage<Rulebook> more(Rulebook known) {
    return log.read(known.version() + 1, PAGE, List.of(RulebookFold.EVENTS))
        .thenCompose(page ->
            page.isEmpty()
                ? CompletableFuture.completedFuture(known)
                : more(RulebookFold.fold(known, page)));
  }

  @Override
  public Subscription onOutcome(ApprovalId approval, Consumer<ApprovalOutcome> outcome) {
    Subscription subscription = outcomes.add(approval, outcome);
    wake.release();
    return subscription;
  }

  @Override
  public Subscription onProposal(ApprovalId approval, Proposal proposal) {
    proposals.put(approval, proposal);
    return () -> proposals.remove(approval, proposal);
  }

  @Override
  public CompletionStage<Optional<String>> propose(ApprovalId approval, String text) {
    Proposal judges = proposals.get(approval);
    return judges == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : judges.judge(text).toCompletableFuture().orTimeout(PROPOSE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<Optional<Ticket>> ticket(String repeat) {
    Criterion requests =
        new Criterion(Set.of("repeat=" + log.blinded(repeat)), Set.of("ApprovalRequested"));
    return log.newest(requests)
        .thenCompose(found ->
            found.isPresent() && found.get().event() instanceof ApprovalEvent.Requested asked
                ? ticket(asked)
                : CompletableFuture.completedFuture(Optional.empty()))
        .toCompletableFuture()
        .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  private CompletionStage<Optional<Ticket>> ticket(ApprovalEvent.Requested asked) {
    return log.read(0, PAGE, List.of(Criterion.tag("approval", asked.id().value())))
        .thenApply(history ->
            Optional.of(
                new Ticket(
                    asked.id(), asked.held(), asked.expires(), Outcomes.of(history).orElse(null))));
  }

  @Override
  public Subscription onRulebook(Consumer<Rulebook> changed) {
    rulebookListeners.add(changed);
    return () -> rulebookListeners.remove(changed);
  }

  @Override
  public Subscription onTerminate(SessionId session, Consumer<String> why) {
    Subscription subscription = terminations.add(session, why);
    wake.release();
    return subscription;
  }

  /** Stops following; nobody is called any more. Idempotent. */
  @Override
  public void close() {
    closed = true;
    follower.interrupt();
  }
}
