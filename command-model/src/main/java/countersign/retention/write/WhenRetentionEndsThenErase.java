package countersign.retention.write;

import countersign.command.Failures;
import countersign.command.Workers;
import countersign.deciding.Glob;
import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.feed.RulebookInForce;
import countersign.retention.ErasureId;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionRules;
import countersign.session.EdgeEvent;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Once a day, and at the start, requests the erasure of sessions whose time is over: the longest of
 * what their target and the duties of whoever ran them say, else what holds for everything. A legal
 * hold beats all. One virtual thread; it reads each session's beginning and end, never its content.
 */
public final class WhenRetentionEndsThenErase implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WhenRetentionEndsThenErase.class);
  private static final Criterion EDGES = Criterion.tag("edges", "all");
  private static final Set<String> ENDS =
      Set.of("SessionOpened", "SessionClosed", "SessionInterrupted");
  private static final int PAGE = 1_000;
  private static final int AT_A_TIME = 200;

  private final EventLog log;
  private final Ledger ledger;
  private final RulebookInForce rulebooks;
  private final InstantSource clock;
  private final Runnable requested;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Makes the automation; {@link #start} begins it.
   *
   * @param requested called after an erasure became durable; must not block
   */
  public WhenRetentionEndsThenErase(
      EventLog log,
      Ledger ledger,
      RulebookInForce rulebooks,
      InstantSource clock,
      Runnable requested) {
    this.log = log;
    this.ledger = ledger;
    this.rulebooks = rulebooks;
    this.clock = clock;
    this.requested = requested;
    this.thread = Thread.ofVirtual().name("retention").unstarted(this::work);
  }

  /** Begins. Called once. */
  public void start() {
    thread.start();
  }

  private void work() {
    try {
      while (!closed) {
        Duration pause = Duration.ofDays(1);
        try {
          int sessions = run();
          if (sessions > 0) {
            LOG.infof("retention=ended sessions=%d", sessions);
          }
        } catch (ExecutionException | RuntimeException e) {
          LOG.errorf("retention=not looked at error=%s", Failures.refusal(e).getMessage());
          pause = Duration.ofMinutes(10);
        }
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      // Closed; nobody waits for this thread.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Looks once. Blocks.
   *
   * @return sessions whose erasure it requested
   */
  int run() throws InterruptedException, ExecutionException {
    RetentionRules rules = ledger.ask(RetentionState::rules);
    OptionalInt shortest = shortest(rules);
    if (shortest.isEmpty()) {
      return 0;
    }
    Instant now = clock.instant();
    Instant newest = now.minus(Duration.ofDays(shortest.getAsInt()));
    Rulebook rulebook = Workers.await(rulebooks.at(log.knownHead()).toCompletableFuture());
    int count = 0;
    List<EndedSessions.Found> due = new ArrayList<>();
    for (String edge : edges()) {
      Map<SessionId, EndedSessions.Found> open = new HashMap<>();
      long from = 0;
      List<StoredEvent> page;
      do {
        page = page(from, new Criterion(Set.of("edge=" + edge), ENDS));
        for (StoredEvent stored : page) {
          note(stored, open).filter(ended -> due(ended, rules, rulebook, now)).ifPresent(due::add);
          from = stored.position() + 1;
        }
        while (due.size() >= AT_A_TIME) {
          List<EndedSessions.Found> several = due.subList(0, AT_A_TIME);
          count += request(List.copyOf(several));
          several.clear();
        }
      } while (!page.isEmpty() && page.getLast().at().isBefore(newest));
    }
    return due.isEmpty() ? count : count + request(due);
  }

  private static OptionalInt shortest(RetentionRules rules) {
    RetentionRules.Span everything = rules.everything();
    return IntStream.concat(
            IntStream.concat(
                rules.targets().values().stream().mapToInt(RetentionRules.Span::totalDays),
                rules.duties().values().stream().mapToInt(RetentionRules.Span::totalDays)),
            everything == null ? IntStream.empty() : IntStream.of(everything.totalDays()))
        .min();
  }

  private List<String> edges() throws InterruptedException, ExecutionException {
    List<String> edges = new ArrayList<>();
    long from = 0;
    List<StoredEvent> page;
    do {
      page = page(from, EDGES);
      for (StoredEvent stored : page) {
        if (stored.event() instanceof EdgeEvent.Started started) {
          edges.add(started.edge().toString());
        }
        from = stored.position() + 1;
      }
    } while (!page.isEmpty());
    return edges;
  }

  private List<StoredEvent> page(long from, Criterion criterion)
      throws InterruptedException, ExecutionException {
    return Workers.await(log.read(from, PAGE, List.of(criterion)).toCompletableFuture());
  }

  /** Gathers beginnings, and gives a session at its end; what was erased has no beginning. */
  private static Optional<EndedSessions.Found> note(
      StoredEvent stored, Map<SessionId, EndedSessions.Found> open) {
    SessionId session = stored.session();
    if (session == null) {
      return Optional.empty();
    }
    if (stored.event() instanceof SessionEvent.Opened opened) {
      open.put(session, new EndedSessions.Found(session, opened, stored.at(), null));
      return Optional.empty();
    }
    return stored.type().equals("SessionOpened")
        ? Optional.empty()
        : Optional.ofNullable(open.remove(session))
            .map(began ->
                new EndedSessions.Found(session, began.opened(), began.openedAt(), stored.at()));
  }

  static boolean due(
      EndedSessions.Found session, RetentionRules rules, Rulebook rulebook, Instant now) {
    SessionEvent.Opened opened = session.opened();
    Instant ended = session.endedAt();
    if (opened == null || ended == null) {
      return false;
    }
    OptionalInt days = days(opened, rules, rulebook);
    return days.isPresent() && ended.plus(Duration.ofDays(days.getAsInt())).isBefore(now);
  }

  private static OptionalInt days(
      SessionEvent.Opened opened, RetentionRules rules, Rulebook rulebook) {
    IntStream.Builder said = IntStream.builder();
    RetentionRules.Span target = rules.targets().get(opened.target());
    if (target != null) {
      said.add(target.totalDays());
    }
    rules
        .duties()
        .forEach((name, span) -> {
          Duty duty = rulebook.duties().get(name);
          if (duty != null && exercised(duty, opened)) {
            said.add(span.totalDays());
          }
        });
    OptionalInt longest = said.build().max();
    RetentionRules.Span everything = rules.everything();
    return longest.isPresent() || everything == null
        ? longest
        : OptionalInt.of(everything.totalDays());
  }

  /** Whether it could have been exercised in the session: by a hop's group, on the target. */
  private static boolean exercised(Duty duty, SessionEvent.Opened opened) {
    return duty.targets().stream().anyMatch(glob -> Glob.matches(glob, opened.target()))
        && opened.principal().chain().stream()
            .anyMatch(hop -> hop.groups().stream().anyMatch(duty.groups()::contains));
  }

  private int request(List<EndedSessions.Found> due)
      throws InterruptedException, ExecutionException {
    while (true) {
      record Judged(List<RetentionEvent.ErasedSession> sessions, long seen) {}
      Judged judged =
          ledger.ask(state ->
              new Judged(
                  due.stream()
                      .filter(one -> !state.erased(one.session()))
                      .filter(one ->
                          one.opened() != null
                              && state.holding(one.session(), one.opened().principal()) == null)
                      .map(RetentionHandler::erased)
                      .toList(),
                  state.seen()));
      if (judged.sessions().isEmpty()) {
        return 0;
      }
      try {
        ledger.append(
            new RetentionEvent.ErasureRequested(
                RetentionEvent.STREAM,
                ErasureId.next(),
                clock.instant(),
                judged.sessions(),
                "retention",
                null,
                "the time that the configuration gives is over"),
            judged.seen());
        requested.run();
        return judged.sessions().size();
      } catch (ExecutionException e) {
        if (!RetentionHandler.lostRace(e)) {
          throw e;
        }
      }
    }
  }

  /** Ends it. Idempotent. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
