package countersign.store.axon;

import countersign.event.Event;
import countersign.event.TimeOrderedId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.annotation.AnnotationMessageTypeResolver;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.jspecify.annotations.Nullable;

/**
 * Sources and appends through Axon's engine, and waits for the commit: Axon's own {@code publish}
 * without a processing context answers before it and swallows its failure.
 */
public final class EventAppends {
  private static final AnnotationMessageTypeResolver TYPES = new AnnotationMessageTypeResolver();

  private EventAppends() {}

  /**
   * One step of sourcing.
   *
   * @param <S> the state
   */
  @FunctionalInterface
  public interface Step<S> {
    /**
     * Returns the state after an entry.
     *
     * @param event payload; null at the end of the stream
     * @param marker up to where everything that matters was seen; null before the end
     */
    S after(S state, @Nullable Object event, @Nullable ConsistencyMarker marker);
  }

  /** Sources all events that match, in order, and then the marker. */
  public static <S> CompletableFuture<S> source(
      EventStorageEngine engine, EventCriteria criteria, S initial, Step<S> step) {
    return engine
        .source(SourcingCondition.conditionFor(criteria), null)
        .reduce(
            initial,
            (state, entry) ->
                step.after(
                    state,
                    entry.message() == TerminalEventMessage.INSTANCE
                        ? null
                        : entry.message().payload(),
                    entry.getResource(ConsistencyMarker.RESOURCE_KEY)));
  }

  /**
   * Appends events if nothing that matches was appended after the marker.
   *
   * @return completes when they are durable; exceptionally with Axon's {@code
   *     AppendEventsTransactionRejectedException} when somebody was first, and with {@link
   *     countersign.port.AppendRefused} when the store does not take them
   */
  public static CompletableFuture<ConsistencyMarker> append(
      EventStorageEngine engine,
      List<? extends Event> events,
      EventCriteria criteria,
      ConsistencyMarker marker) {
    List<TaggedEventMessage<?>> tagged =
        events.stream().<TaggedEventMessage<?>>map(EventAppends::tagged).toList();
    return engine
        .appendEvents(AppendCondition.withCriteria(criteria).withMarker(marker), null, tagged)
        .thenCompose(EventAppends::commit);
  }

  private static <R> CompletableFuture<ConsistencyMarker> commit(
      EventStorageEngine.AppendTransaction<R> transaction) {
    return transaction
        .commit(null)
        .thenCompose(committed -> transaction.afterCommit(committed, null));
  }

  private static TaggedEventMessage<?> tagged(Event event) {
    MessageType type = TYPES.resolveOrThrow(event);
    return new GenericTaggedEventMessage<>(
        new GenericEventMessage(
            TimeOrderedId.next().toString(), type, event, Map.of(), Instant.now()),
        Messages.tags(event));
  }
}
