package countersign.approval.write.expire;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalRefused;
import countersign.command.Failures;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jboss.logging.Logger;

/**
 * Silence is no: when an approval is due, it expires. What is pending is read from the log at the
 * start and followed from there, so a restart forgets nothing; what fell due meanwhile expires at
 * once. One virtual thread; several processes may run it, the first append wins.
 */
public final class WhenApprovalIsDueThenExpire implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WhenApprovalIsDueThenExpire.class);
  private static final int PAGE = 1_000;
  private static final long ANSWER_SECONDS = 15;

  /** How often it looks for new approvals, and how soon a failed attempt is made again. */
  private static final Duration PULSE = Duration.ofMillis(500);

  private static final Criterion LIFE =
      new Criterion(
          Set.of(), Set.of("ApprovalRequested", "Denied", "Expired", "Withdrawn", "Used"));

  private final EventLog log;
  private final CommandGateway commands;
  private final InstantSource clock;
  private final Thread thread;

  /** Pending approvals and when they are due. Written by the one thread. */
  private final Map<ApprovalId, Instant> due = new ConcurrentHashMap<>();

  private long next;
  private volatile boolean closed;

  /** Makes the automation; {@link #start} begins it. */
  public WhenApprovalIsDueThenExpire(EventLog log, CommandGateway commands, InstantSource clock) {
    this.log = log;
    this.commands = commands;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("expiry").unstarted(this::run);
  }

  /** Begins. Called once. */
  public void start() {
    thread.start();
  }

  /** How many approvals wait for an answer or for their use. */
  public int pending() {
    return due.size();
  }

  private void run() {
    try {
      boolean failing = false;
      while (!closed) {
        try {
          catchUp();
          expireDue();
          failing = false;
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
          if (!failing) {
            LOG.warnf("expiry failing=true cause=%s", e.getClass().getSimpleName());
          }
          failing = true;
        }
        Thread.sleep(sleep());
      }
    } catch (InterruptedException e) {
      // Closed; nobody waits for this thread.
      Thread.currentThread().interrupt();
    }
  }

  private Duration sleep() {
    Instant now = clock.instant();
    return due.values().stream()
        .map(at -> Duration.between(now, at))
        .filter(Duration::isPositive)
        .min(Duration::compareTo)
        .filter(until -> until.compareTo(PULSE) < 0)
        .map(until -> until.plusMillis(1))
        .orElse(PULSE);
  }

  private void catchUp() throws InterruptedException, ExecutionException, TimeoutException {
    long head = answer(log.head().toCompletableFuture());
    while (next <= head) {
      List<StoredEvent> page = answer(log.read(next, PAGE, List.of(LIFE)).toCompletableFuture());
      page.forEach(stored -> note(stored));
      next = page.isEmpty() ? head + 1 : page.getLast().position() + 1;
    }
  }

  private void note(StoredEvent stored) {
    switch (stored.event()) {
      case ApprovalEvent.Requested e -> due.put(e.id(), e.expires());
      case ApprovalEvent.Denied e -> due.remove(e.id());
      case ApprovalEvent.Expired e -> due.remove(e.id());
      case ApprovalEvent.Withdrawn e -> due.remove(e.id());
      case ApprovalEvent.Used e -> due.remove(e.id());
      default -> {
        // Erased: nobody waits for it any more.
      }
    }
  }

  private void expireDue() throws InterruptedException, ExecutionException, TimeoutException {
    Instant now = clock.instant();
    for (Map.Entry<ApprovalId, Instant> pending : due.entrySet()) {
      if (!now.isBefore(pending.getValue()) && !closed) {
        expire(pending.getKey());
      }
    }
  }

  private void expire(ApprovalId id)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      commands
          .send(new ApprovalCommand.Expire(id))
          .getResultMessage()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(Failures.refusal(e) instanceof ApprovalRefused)) {
        throw e;
      }
      // It ended otherwise; its event is on the way here.
    }
    due.remove(id);
  }

  private static <T> T answer(CompletableFuture<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends it; what is pending waits for the next start. Idempotent. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
