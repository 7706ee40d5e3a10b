package countersign.recovery;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalRefused;
import countersign.command.Failures;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.port.AppendRefused;
import countersign.session.EdgeEvent;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Condition;
import countersign.store.Criterion;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Closes what edges that are gone left open: withdraws their holds, ends what they forwarded as
 * unknown, declares the gap, fences them. Every step is one append that can be found again, so it
 * may be interrupted anywhere and run again, also by two processes at once.
 */
public final class Recovery {
  private static final Logger LOG = Logger.getLogger(Recovery.class);
  private static final String LIFE = "all";
  private static final Criterion EDGES = Criterion.tag("edges", LIFE);
  private static final long ANSWER_SECONDS = 15;
  private static final int PAGE = 1_000;
  private static final int AT_A_TIME = 4;

  private final EventLog log;
  private final CommandGateway commands;
  private final InstantSource clock;

  /** Makes it over a log and a gateway that somebody else opens and closes. */
  public Recovery(EventLog log, CommandGateway commands, InstantSource clock) {
    this.log = log;
    this.commands = commands;
    this.clock = clock;
  }

  /**
   * What was found and closed.
   *
   * @param edges incarnations fenced
   * @param sessions sessions interrupted
   * @param unknown operations whose end nobody saw
   * @param withdrawn approvals withdrawn
   */
  public record Recovered(int edges, int sessions, int unknown, int withdrawn) {
    Recovered and(Recovered other) {
      return new Recovered(
          edges + other.edges,
          sessions + other.sessions,
          unknown + other.unknown,
          withdrawn + other.withdrawn);
    }
  }

  /**
   * Notes that an incarnation of an edge begins to take sessions; before its first session.
   *
   * @param host name of the machine it runs on
   */
  public CompletionStage<Void> startEdge(EdgeId edge, String host) {
    return log.append(item(new EdgeEvent.Started(edge, LIFE, clock.instant(), host), null))
        .thenApply(_ -> null);
  }

  /**
   * Recovers every edge but one.
   *
   * @param own incarnation that lives: this process's
   * @return completes when all is durable; exceptionally with {@link AppendRefused} when the store
   *     gave out, and then it may simply be called again
   */
  public CompletionStage<Recovered> recover(EdgeId own) {
    CompletableFuture<Recovered> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("recovery")
        .start(() -> {
          try {
            result.complete(recoverAll(own));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.completeExceptionally(e);
          } catch (ExecutionException | TimeoutException | RuntimeException e) {
            result.completeExceptionally(Failures.refusal(e));
          }
        });
    return result;
  }

  private Recovered recoverAll(EdgeId own)
      throws InterruptedException, ExecutionException, TimeoutException {
    Recovered total = new Recovered(0, 0, 0, 0);
    for (Map.Entry<EdgeId, Long> edge : unfenced().entrySet()) {
      if (!edge.getKey().equals(own)) {
        Recovered one = recoverEdge(edge.getKey(), edge.getValue());
        LOG.infof(
            "recovered edge=%s sessions=%d unknown=%d withdrawn=%d",
            edge.getKey(), one.sessions(), one.unknown(), one.withdrawn());
        total = total.and(one);
      }
    }
    return total;
  }

  /** Incarnations that began and were never fenced, with the position of their start. */
  private Map<EdgeId, Long> unfenced()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<EdgeId, Long> open = new LinkedHashMap<>();
    for (StoredEvent stored : readAll(0, EDGES)) {
      switch (stored.event()) {
        case EdgeEvent.Started e -> open.put(e.edge(), stored.position());
        case EdgeEvent.Fenced e -> open.remove(e.edge());
        default ->
            throw new IllegalStateException(
                "position " + stored.position() + ": (expected: an event of an edge)");
      }
    }
    return open;
  }

  private Recovered recoverEdge(EdgeId edge, long startedAt)
      throws InterruptedException, ExecutionException, TimeoutException {
    Recovered total = new Recovered(1, 0, 0, 0);
    try (ExecutorService several =
        Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory())) {
      List<Future<Recovered>> sessions = new ArrayList<>();
      open(edge, startedAt)
          .forEach((session, openedAt) ->
              sessions.add(several.submit(() -> recoverSession(edge, session, openedAt))));
      try {
        for (Future<Recovered> session : sessions) {
          total = total.and(session.get());
        }
      } catch (InterruptedException | ExecutionException e) {
        several.shutdownNow();
        throw e;
      }
    }
    fence(edge, startedAt, total.sessions());
    return total;
  }

  /** Sessions of an edge that were opened and neither closed nor interrupted. */
  private Map<SessionId, Long> open(EdgeId edge, long startedAt)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<SessionId, Long> open = new LinkedHashMap<>();
    for (StoredEvent stored : readAll(startedAt, Criterion.tag("edge", edge.toString()))) {
      switch (stored.event()) {
        case SessionEvent.Opened e -> open.put(e.session(), stored.position());
        case SessionEvent.Closed e -> open.remove(e.session());
        case SessionEvent.Interrupted e -> open.remove(e.session());
        case StoredEvent.Unreadable _ -> {
          // Erased sessions cannot be written to any more; nobody waits for them.
        }
        default ->
            throw new IllegalStateException(
                "position " + stored.position() + ": (expected: a session's beginning or end)");
      }
    }
    return open;
  }

  private Recovered recoverSession(EdgeId edge, SessionId session, long openedAt)
      throws InterruptedException, ExecutionException, TimeoutException {
    SessionReader reader = new SessionReader(log, ANSWER_SECONDS);
    SessionRemains remains = reader.read(session, openedAt);
    if (remains.ended()) {
      return new Recovered(0, 0, 0, 0);
    }
    int withdrawn = 0;
    for (ApprovalId approval : remains.heldApprovals()) {
      // A ticket outlives its session, whatever became of that.
      withdrawn += !reader.isTicket(approval) && withdraw(approval) ? 1 : 0;
    }
    reader.readUses(remains);
    List<SessionEvent> events = remains.ending(edge, clock.instant());
    List<Draft> drafts = new ArrayList<>();
    long seq = remains.lastSeq() + 1;
    for (SessionEvent event : events) {
      drafts.add(new Draft(event, KeyScope.of(session), session, seq++, Tags.of(event)));
    }
    try {
      answer(log.append(new Item(drafts, null, Urgency.decision)));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AppendRefused refused)
          || refused.reason() != AppendRefused.Reason.sequence) {
        throw e;
      }
      // Somebody else was first with this number. If that was not the end, the edge still lives:
      // nothing more is done about it now, and it is not fenced.
      if (!ended(session)) {
        throw e;
      }
      return new Recovered(0, 0, 0, withdrawn);
    }
    return new Recovered(0, 1, events.size() - 1, withdrawn);
  }

  private boolean ended(SessionId session)
      throws InterruptedException, ExecutionException, TimeoutException {
    Criterion end = Criterion.session(session, Set.of("SessionClosed", "SessionInterrupted"));
    return !answer(log.read(0, 1, List.of(end))).isEmpty();
  }

  /** Returns whether it was this that ended it. */
  private boolean withdraw(ApprovalId approval)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      commands
          .send(new ApprovalCommand.Withdraw(approval, "the edge that held it is gone"))
          .getResultMessage()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      if (Failures.refusal(e) instanceof ApprovalRefused) {
        return false;
      }
      throw e;
    }
  }

  private void fence(EdgeId edge, long startedAt, long sessions)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<StoredEvent> life = readAll(startedAt, EDGES);
    boolean fenced =
        life.stream()
            .anyMatch(s -> s.event() instanceof EdgeEvent.Fenced e && e.edge().equals(edge));
    if (fenced) {
      return;
    }
    Condition nobodyElse = new Condition(life.getLast().position(), List.of(EDGES));
    try {
      answer(
          log.append(
              item(new EdgeEvent.Fenced(edge, LIFE, sessions, clock.instant()), nobodyElse)));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AppendRefused refused)
          || refused.reason() != AppendRefused.Reason.condition) {
        throw e;
      }
      fence(edge, startedAt, sessions);
    }
  }

  private static Item item(Event event, @Nullable Condition condition) {
    return new Item(
        List.of(Draft.of(event, KeyScope.of(null), Tags.of(event))), condition, Urgency.decision);
  }

  private List<StoredEvent> readAll(long from, Criterion criterion)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<StoredEvent> all = new ArrayList<>();
    List<StoredEvent> page;
    do {
      long next = all.isEmpty() ? from : all.getLast().position() + 1;
      page = answer(log.read(next, PAGE, List.of(criterion)));
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }

  private static <T> T answer(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }
}
