package countersign.store;

import countersign.event.KeyScope;
import countersign.event.TimeOrderedId;
import countersign.port.AppendRefused;
import countersign.port.Feed;
import countersign.session.SessionId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.axonframework.messaging.eventhandling.annotation.Event;

/**
 * A log that keeps the interface's promises in memory: positions without a hole, conditions,
 * sequences, answers on another thread. For tests of what stands on the log, never of the log.
 */
public final class InMemoryLog implements EventLog {
  private final List<StoredEvent> events = new ArrayList<>();
  private final List<KeyScope> scopes = new ArrayList<>();
  private final Map<SessionId, Long> sequences = new HashMap<>();
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService answers = Executors.newSingleThreadExecutor();
  private final AtomicInteger rejected = new AtomicInteger();
  private volatile boolean down;

  /** While down every answer is {@code storeDown}. */
  public void down(boolean now) {
    down = now;
  }

  /** How many items lost a race. */
  public int rejected() {
    return rejected.get();
  }

  /** Whose key would seal each event. */
  public synchronized List<KeyScope> scopes() {
    return List.copyOf(scopes);
  }

  /** All events, as they are now. */
  public synchronized List<StoredEvent> all() {
    return List.copyOf(events);
  }

  @Override
  public String blinded(String words) {
    return "blinded-" + words;
  }

  @Override
  public CompletionStage<Long> append(Item item) {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    answers.execute(() -> {
      try {
        long first = insert(item);
        answer.complete(first);
        long head = knownHead();
        listeners.forEach(listener -> listener.accept(head));
      } catch (AppendRefused e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  private synchronized long insert(Item item) {
    up();
    Condition condition = item.condition();
    if (condition != null
        && events.stream()
            .skip(condition.after() + 1)
            .anyMatch(e -> condition.criteria().isEmpty() || matches(e, condition.criteria()))) {
      rejected.incrementAndGet();
      throw new AppendRefused(AppendRefused.Reason.condition, "somebody was first");
    }
    Map<SessionId, Long> next = new HashMap<>(sequences);
    for (Draft draft : item.drafts()) {
      if (draft.session() != null) {
        long expected = next.getOrDefault(draft.session(), -1L) + 1;
        if (draft.sessionSeq() != expected) {
          throw new AppendRefused(
              AppendRefused.Reason.sequence,
              "sessionSeq: " + draft.sessionSeq() + " (expected: " + expected + ")");
        }
        next.put(draft.session(), expected);
      }
    }
    long first = events.size();
    item.drafts().forEach(draft -> events.add(stored(events.size(), draft)));
    item.drafts().forEach(draft -> scopes.add(draft.scope()));
    sequences.putAll(next);
    return first;
  }

  private static StoredEvent stored(long position, Draft draft) {
    Event name = draft.event().getClass().getAnnotation(Event.class);
    return new StoredEvent(
        position,
        TimeOrderedId.next(),
        name.name(),
        Integer.parseInt(name.version()),
        draft.session(),
        draft.sessionSeq(),
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        draft.tags(),
        draft.event());
  }

  private static boolean matches(StoredEvent event, List<Criterion> criteria) {
    return criteria.stream().anyMatch(criterion -> matches(event, criterion));
  }

  private static boolean matches(StoredEvent event, Criterion criterion) {
    return (criterion.types().isEmpty() || criterion.types().contains(event.type()))
        && criterion.tags().stream()
            .allMatch(tag ->
                event.tags().contains(tag)
                    || (event.session() != null && tag.equals("session=" + event.session())));
  }

  @Override
  public CompletionStage<List<StoredEvent>> read(long from, int limit, List<Criterion> criteria) {
    return CompletableFuture.supplyAsync(() -> find(from, limit, criteria), answers);
  }

  @Override
  public CompletionStage<Optional<StoredEvent>> newest(Criterion criterion) {
    return CompletableFuture.supplyAsync(
        () -> find(0, Integer.MAX_VALUE, List.of(criterion)).reversed().stream().findFirst(),
        answers);
  }

  private synchronized List<StoredEvent> find(long from, int limit, List<Criterion> criteria) {
    up();
    return events.stream()
        .skip(from)
        .filter(event -> criteria.isEmpty() || matches(event, criteria))
        .limit(limit)
        .toList();
  }

  @Override
  public CompletionStage<Long> head() {
    return CompletableFuture.supplyAsync(
        () -> {
          up();
          return knownHead();
        },
        answers);
  }

  private void up() {
    if (down) {
      throw new AppendRefused(AppendRefused.Reason.storeDown, "the store is down");
    }
  }

  @Override
  public synchronized long knownHead() {
    return events.size() - 1L;
  }

  @Override
  public Feed.Subscription onHead(LongConsumer newHead) {
    listeners.add(newHead);
    return () -> listeners.remove(newHead);
  }

  @Override
  public void close() {
    answers.shutdownNow();
  }
}
