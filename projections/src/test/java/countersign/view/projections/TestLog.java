package countersign.view.projections;

import countersign.event.Event;
import countersign.event.EventMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.StreamableEventSource;
import org.axonframework.messaging.eventstreaming.StreamingCondition;

/** A log in memory that keeps to the engine's contract: a token is the position to read next. */
public final class TestLog implements StreamableEventSource {
  private final List<EventMessage> events = new CopyOnWriteArrayList<>();
  private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

  /** Appends an event; returns its position. */
  public synchronized long append(long sessionSeq, Instant at, Event event) {
    long position = events.size();
    events.add(
        new GenericEventMessage(
            UUID.randomUUID().toString(),
            new MessageType(GatheringComponent.name(event.getClass()), "1"),
            event,
            Map.of(
                EventMetadata.POSITION,
                Long.toString(position),
                EventMetadata.SESSION_SEQ,
                Long.toString(sessionSeq)),
            at));
    wakeUps.forEach(Runnable::run);
    return position;
  }

  @Override
  public MessageStream<EventMessage> open(StreamingCondition condition, ProcessingContext context) {
    return new Stream(condition.position().position().orElse(0), condition);
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(0));
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(events.size()));
  }

  @Override
  public CompletableFuture<TrackingToken> tokenAt(Instant at, ProcessingContext context) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException());
  }

  private final class Stream implements MessageStream<EventMessage> {
    private final StreamingCondition condition;
    private long next;
    private Runnable callback = () -> {};
    private boolean closed;

    Stream(long from, StreamingCondition condition) {
      this.next = from;
      this.condition = condition;
      wakeUps.add(() -> callback.run());
    }

    @Override
    public Optional<Entry<EventMessage>> next() {
      Optional<Entry<EventMessage>> entry = peek();
      entry.ifPresent(_ -> next++);
      return entry;
    }

    @Override
    public Optional<Entry<EventMessage>> peek() {
      while (!closed && next < events.size()) {
        EventMessage message = events.get((int) next);
        if (condition.matches(message.type().qualifiedName(), java.util.Set.of())) {
          Context token =
              TrackingToken.addToContext(
                  Context.empty(), new GlobalSequenceTrackingToken(next + 1));
          return Optional.of(new SimpleEntry<>(message, token));
        }
        next++;
      }
      return Optional.empty();
    }

    @Override
    public void setCallback(Runnable callback) {
      this.callback = callback;
      callback.run();
    }

    @Override
    public Optional<Throwable> error() {
      return Optional.empty();
    }

    @Override
    public boolean isCompleted() {
      return closed;
    }

    @Override
    public boolean hasNextAvailable() {
      return peek().isPresent();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
