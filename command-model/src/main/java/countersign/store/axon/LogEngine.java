package countersign.store.axon;

import countersign.event.Event;
import countersign.port.AppendRefused;
import countersign.store.Condition;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Urgency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexPosition;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TagResolver;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.DelayedMessageStream;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.jspecify.annotations.Nullable;

/**
 * Axon's event storage over the log. A tracking token is the position to read next; a consistency
 * marker is the position up to which everything that matters was seen.
 *
 * <p>Thread-safe. Futures complete on threads of the log, which must not be blocked.
 */
public final class LogEngine implements EventStorageEngine {
  private static final int PAGE = 1_000;

  /** More than any entity ever has; a bound, so that a wrong criterion cannot fill the heap. */
  private static final int MOST_SOURCED = 100_000;

  private final EventLog log;

  /** Makes an engine over a log that somebody else opens and closes. */
  public LogEngine(EventLog log) {
    this.log = log;
  }

  /** Resolves the tags of our events, for Axon's event store. */
  public static TagResolver tagResolver() {
    return message -> message.payload() instanceof Event event ? Messages.tags(event) : Set.of();
  }

  @Override
  public CompletableFuture<AppendTransaction<?>> appendEvents(
      AppendCondition condition,
      @Nullable ProcessingContext context,
      List<TaggedEventMessage<?>> events) {
    if (events.isEmpty()) {
      return CompletableFuture.completedFuture(new Nothing(condition.consistencyMarker()));
    }
    try {
      Item item =
          new Item(
              events.stream().map(Messages::draft).toList(),
              condition(condition),
              Urgency.decision);
      return CompletableFuture.completedFuture(
          new Appending(log, item, condition.consistencyMarker()));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static @Nullable Condition condition(AppendCondition condition) {
    if (condition.consistencyMarker() == ConsistencyMarker.INFINITY) {
      return null;
    }
    return new Condition(
        GlobalIndexConsistencyMarker.position(condition.consistencyMarker()),
        Messages.criteria(condition.criteria()));
  }

  @Override
  public MessageStream<EventMessage> source(
      SourcingCondition condition, @Nullable ProcessingContext context) {
    long from = Math.max(0, GlobalIndexPosition.toIndex(condition.start()));
    // Taken before reading: all that was there up to it is in the answer.
    long head = log.knownHead();
    return DelayedMessageStream.create(
        readAll(from, Messages.criteria(condition.criteria()), new ArrayList<>())
            .thenApply(events -> sourced(events, head))
            .toCompletableFuture());
  }

  private CompletionStage<List<StoredEvent>> readAll(
      long from, List<Criterion> criteria, List<StoredEvent> all) {
    return log.read(from, PAGE, criteria)
        .thenCompose(page -> {
          // A short page may only have reached its bound in bytes: an empty one is the end.
          if (page.isEmpty()) {
            return CompletableFuture.completedFuture(all);
          }
          all.addAll(page);
          if (all.size() > MOST_SOURCED) {
            throw new IllegalStateException(
                "events: " + all.size() + " (expected: at most " + MOST_SOURCED + " to source)");
          }
          return readAll(page.getLast().position() + 1, criteria, all);
        });
  }

  private static MessageStream<EventMessage> sourced(List<StoredEvent> events, long head) {
    long seen = events.isEmpty() ? head : Math.max(head, events.getLast().position());
    List<EventMessage> messages = new ArrayList<>(events.size() + 1);
    events.forEach(event -> messages.add(Messages.message(event)));
    messages.add(TerminalEventMessage.INSTANCE);
    Context end =
        ConsistencyMarker.addToContext(Context.empty(), new GlobalIndexConsistencyMarker(seen));
    return MessageStream.fromIterable(
        messages, message -> message == TerminalEventMessage.INSTANCE ? end : Context.empty());
  }

  @Override
  public MessageStream<EventMessage> stream(
      StreamingCondition condition, @Nullable ProcessingContext context) {
    TrackingToken token = condition.position();
    if (token == TrackingToken.LATEST) {
      return DelayedMessageStream.create(
          log.head()
              .thenApply(head -> (MessageStream<EventMessage>) live(head + 1, condition))
              .toCompletableFuture());
    }
    return live(Math.max(0, token.position().orElse(0)), condition);
  }

  private LiveStream live(long from, StreamingCondition condition) {
    return new LiveStream(log, from, Messages.criteria(condition.criteria()));
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(@Nullable ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(0));
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(@Nullable ProcessingContext context) {
    return log.head()
        .<TrackingToken>thenApply(head -> new GlobalSequenceTrackingToken(head + 1))
        .toCompletableFuture();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Times are taken by several clocks and may step back by their difference; the answer is then
   * the first event at or after {@code at} that halving finds.
   */
  @Override
  public CompletableFuture<TrackingToken> tokenAt(Instant at, @Nullable ProcessingContext context) {
    return log.head()
        .thenCompose(head -> firstAt(at, 0, head + 1))
        .<TrackingToken>thenApply(GlobalSequenceTrackingToken::new)
        .toCompletableFuture();
  }

  /** Halves until one is left: everything before {@code low} is earlier, {@code high} is not. */
  private CompletionStage<Long> firstAt(Instant at, long low, long high) {
    if (low >= high) {
      return CompletableFuture.completedFuture(low);
    }
    long middle = (low + high) >>> 1;
    return log.read(middle, 1, List.of())
        .thenCompose(page ->
            page.isEmpty() || !page.getFirst().at().isBefore(at)
                ? firstAt(at, low, middle)
                : firstAt(at, middle + 1, high));
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("log", log);
  }

  /** One item on its way; nothing is sent before {@link #commit}. */
  private record Appending(EventLog log, Item item, ConsistencyMarker marker)
      implements AppendTransaction<Long> {

    @Override
    public CompletableFuture<Long> commit(@Nullable ProcessingContext context) {
      return log.append(item).exceptionallyCompose(this::asAxon).toCompletableFuture();
    }

    private CompletionStage<Long> asAxon(Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return CompletableFuture.failedFuture(
          cause instanceof AppendRefused refused
                  && refused.reason() == AppendRefused.Reason.condition
              ? AppendEventsTransactionRejectedException.conflictingEventsDetected(marker)
              : cause);
    }

    @Override
    public void rollback(@Nullable ProcessingContext context) {
      // Nothing was sent.
    }

    @Override
    public CompletableFuture<ConsistencyMarker> afterCommit(
        Long first, @Nullable ProcessingContext context) {
      return CompletableFuture.completedFuture(
          new GlobalIndexConsistencyMarker(first + item.drafts().size() - 1));
    }
  }

  /** No events: nothing is checked and nothing is written. */
  private record Nothing(ConsistencyMarker marker) implements AppendTransaction<Long> {
    @Override
    public CompletableFuture<Long> commit(@Nullable ProcessingContext context) {
      return CompletableFuture.completedFuture(-1L);
    }

    @Override
    public void rollback(@Nullable ProcessingContext context) {
      // Nothing was sent.
    }

    @Override
    public CompletableFuture<ConsistencyMarker> afterCommit(
        Long first, @Nullable ProcessingContext context) {
      return CompletableFuture.completedFuture(marker);
    }
  }
}
