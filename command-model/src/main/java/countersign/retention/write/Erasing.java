package countersign.retention.write;

import countersign.command.Workers;
import countersign.evidence.EvidenceEvent;
import countersign.retention.ErasureId;
import countersign.retention.Forgetting;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionLedger.Erasure;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Carries erasures through that were requested: keys, then what was made from the sessions, then
 * the event that says so. Every step may be done again, and one that was not reached is reached by
 * the next run: a crash anywhere delays an erasure and changes nothing about its end. Blocks.
 */
public final class Erasing {
  private static final Logger LOG = Logger.getLogger(Erasing.class);
  private static final long FORGETTING_SECONDS = 300;

  private final EventLog log;
  private final Ledger ledger;
  private final Keys keys;
  private final List<Forgetting> parts;
  private final List<String> feeds;
  private final InstantSource clock;
  private final Consumer<String> step;

  /** Where keys are destroyed. */
  @FunctionalInterface
  public interface Keys {
    /**
     * Destroys the keys of sessions; idempotent.
     *
     * @return how many were destroyed by this call
     * @throws IOException when they may not all be gone: to be called again
     */
    int erase(Set<SessionId> sessions) throws IOException;
  }

  /**
   * Makes it.
   *
   * @param parts what may hold something of a session, asked in this order
   * @param feeds feeds that pass content on to somebody else
   */
  public Erasing(
      EventLog log,
      Ledger ledger,
      Keys keys,
      List<Forgetting> parts,
      List<String> feeds,
      InstantSource clock) {
    this(log, ledger, keys, parts, feeds, clock, _ -> {});
  }

  /** The same, told before each step. */
  Erasing(
      EventLog log,
      Ledger ledger,
      Keys keys,
      List<Forgetting> parts,
      List<String> feeds,
      InstantSource clock,
      Consumer<String> step) {
    this.log = log;
    this.ledger = ledger;
    this.keys = keys;
    this.parts = List.copyOf(parts);
    this.feeds = List.copyOf(feeds);
    this.clock = clock;
    this.step = step;
  }

  /**
   * Carries every pending erasure through, all of them together: the keys are written anew once.
   *
   * @return how many were completed
   */
  public int run() throws InterruptedException, ExecutionException, IOException, TimeoutException {
    Map<ErasureId, Long> pending = ledger.ask(RetentionState::pending);
    if (pending.isEmpty()) {
      return 0;
    }
    List<Erasure> erasures =
        ledger.ask(
            state -> state.erasures().stream().filter(e -> pending.containsKey(e.id())).toList());
    Set<SessionId> sessions = new HashSet<>();
    erasures.forEach(erasure -> sessions.addAll(erasure.sessions()));
    long position = pending.values().stream().mapToLong(Long::longValue).max().orElse(-1);

    step.accept("keys");
    int destroyed = keys.erase(sessions);
    List<String> acknowledged = new ArrayList<>(List.of("keys"));
    for (Forgetting part : parts) {
      step.accept(part.name());
      forget(part, sessions, position);
      acknowledged.add(part.name());
    }
    for (Erasure erasure : erasures) {
      step.accept("completed");
      complete(erasure, acknowledged);
    }
    LOG.infof(
        "erased erasures=%d sessions=%d keys=%d", erasures.size(), sessions.size(), destroyed);
    return erasures.size();
  }

  private static void forget(Forgetting part, Set<SessionId> sessions, long position)
      throws InterruptedException, ExecutionException, TimeoutException {
    part.forget(sessions, position).toCompletableFuture().get(FORGETTING_SECONDS, TimeUnit.SECONDS);
  }

  private void complete(Erasure erasure, List<String> acknowledged)
      throws InterruptedException, ExecutionException {
    List<String> bundles = bundles(erasure);
    while (true) {
      long seen =
          ledger.ask(state -> state.pending().containsKey(erasure.id()) ? state.seen() : -1);
      if (seen < 0) {
        return; // another process was first
      }
      try {
        ledger.append(
            new RetentionEvent.ErasureCompleted(
                RetentionEvent.STREAM,
                erasure.id(),
                clock.instant(),
                erasure.sessions().size(),
                acknowledged,
                bundles,
                feeds),
            seen);
        return;
      } catch (ExecutionException e) {
        if (!RetentionHandler.lostRace(e)) {
          throw e;
        }
      }
    }
  }

  /** Bundles made before that cover a session of it: they hold what they disclosed. */
  private List<String> bundles(Erasure erasure) throws InterruptedException, ExecutionException {
    Set<String> bundles = new LinkedHashSet<>();
    for (SessionId session : erasure.sessions()) {
      Criterion exports = new Criterion(Set.of("exported=" + session), Set.of("EvidenceExported"));
      for (StoredEvent stored :
          Workers.await(log.read(0, 1_000, List.of(exports)).toCompletableFuture())) {
        bundles.add(id(stored));
      }
    }
    return List.copyOf(bundles);
  }

  /** The id that people know; the event's own when its words are lost. */
  private static String id(StoredEvent stored) {
    return stored.event() instanceof EvidenceEvent.Exported exported
        ? exported.id().toString()
        : stored.id().toString();
  }
}
