package countersign.store.axon;

import static countersign.approval.write.Fixtures.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.duty.DutyEvent;
import countersign.event.Event;
import countersign.event.EventMetadata;
import countersign.event.KeyScope;
import countersign.port.AppendRefused;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.InMemoryLog;
import countersign.store.Item;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log behind Axon's storage interface. */
final class LogEngineTest {
  private final InMemoryLog log = new InMemoryLog();
  private final LogEngine engine = new LogEngine(log);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void letsExactlyOneOfManyWithTheSameMarkerAppend() throws Exception {
    EventCriteria criteria = EventCriteria.havingTags("approval", "apr-1-2-3-4");
    List<CompletableFuture<ConsistencyMarker>> all =
        IntStream.range(0, 50)
            .mapToObj(_ ->
                EventAppends.append(
                    engine, List.of(expired("apr-1-2-3-4")), criteria, ConsistencyMarker.ORIGIN))
            .toList();
    int won = 0;
    for (CompletableFuture<ConsistencyMarker> one : all) {
      Throwable failure = catchThrowable(() -> one.get(5, TimeUnit.SECONDS));
      if (failure == null) {
        won++;
      } else {
        assertThat(failure).hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
      }
    }
    assertThat(won).isEqualTo(1);
  }

  @Test
  void doesNotMindEventsThatDoNotMatch() throws Exception {
    put(expired("apr-other-one"));
    ConsistencyMarker marker =
        EventAppends.append(
                engine,
                List.of(expired("apr-1-2-3-4"), expired("apr-1-2-3-4")),
                EventCriteria.havingTags("approval", "apr-1-2-3-4"),
                ConsistencyMarker.ORIGIN)
            .get(5, TimeUnit.SECONDS);
    assertThat(GlobalIndexConsistencyMarker.position(marker)).isEqualTo(2);
  }

  @Test
  void passesOnWhyTheStoreDoesNotTakeIt() {
    log.down(true);
    assertThat(
            catchThrowable(() ->
                EventAppends.append(
                        engine,
                        List.of(expired("apr-1-2-3-4")),
                        EventCriteria.havingAnyTag(),
                        ConsistencyMarker.ORIGIN)
                    .get(5, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(AppendRefused.class);
  }

  @Test
  void sourcesWhatMatchesAndThenTheMarker() throws Exception {
    put(expired("apr-1-2-3-4"));
    put(expired("apr-other-one"));
    List<Object> seen = new ArrayList<>();
    EventAppends.source(
            engine,
            EventCriteria.havingTags("approval", "apr-1-2-3-4"),
            seen,
            (list, event, marker) -> {
              list.add(event == null ? GlobalIndexConsistencyMarker.position(marker) : event);
              return list;
            })
        .get(5, TimeUnit.SECONDS);
    assertThat(seen).hasSize(2);
    assertThat(seen.getFirst()).isInstanceOf(ApprovalEvent.Expired.class);
    assertThat(seen.getLast()).isEqualTo(1L);
  }

  @Test
  void streamsEveryEventInOrderWhileManyAppend() throws Exception {
    int writers = 8;
    int each = 500;
    List<Long> positions = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(writers)) {
      for (int w = 0; w < writers; w++) {
        pool.execute(() -> IntStream.range(0, each).forEach(_ -> put(expired("apr-1-2-3-4"))));
      }
      MessageStream<EventMessage> stream =
          engine.stream(StreamingCondition.startingFrom(engine.firstToken(null).get()), null);
      Semaphore wake = new Semaphore(0);
      stream.setCallback(wake::release);
      while (positions.size() < writers * each) {
        var entry = stream.next();
        if (entry.isEmpty()) {
          assertThat(wake.tryAcquire(5, TimeUnit.SECONDS)).as("woken").isTrue();
          continue;
        }
        long position =
            Long.parseLong(entry.get().message().metadata().get(EventMetadata.POSITION));
        assertThat(TrackingToken.fromContext(entry.get()))
            .hasValue(new GlobalSequenceTrackingToken(position + 1));
        positions.add(position);
      }
      stream.close();
      assertThat(stream.isCompleted()).isTrue();
    }
    assertThat(positions).containsExactlyElementsOf(LongStream.range(0, 4_000).boxed().toList());
  }

  @Test
  void streamsOnlyWhatMatchesAndIsWokenPastTheRest() throws Exception {
    MessageStream<EventMessage> stream =
        engine.stream(
            StreamingCondition.conditionFor(
                new GlobalSequenceTrackingToken(0),
                EventCriteria.havingAnyTag().andBeingOneOfTypes(new QualifiedName("DutyRemoved"))),
            null);
    Semaphore wake = new Semaphore(0);
    stream.setCallback(wake::release);
    for (int i = 0; i < 1_000; i++) {
      put(expired("apr-1-2-3-4"));
    }
    put(new DutyEvent.Removed("rulebook", "x", "erin"));
    assertThat(wake.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
    EventMessage message = stream.next().orElseThrow().message();
    assertThat(message.type()).isEqualTo(new MessageType("DutyRemoved", "1"));
    assertThat(message.payload()).isInstanceOf(DutyEvent.Removed.class);
    assertThat(message.metadata()).containsEntry(EventMetadata.POSITION, "1000");
    assertThat(stream.next()).isEmpty();
    stream.close();
  }

  @Test
  void endsAStreamWithTheErrorOfTheStore() throws Exception {
    log.down(true);
    MessageStream<EventMessage> stream =
        engine.stream(StreamingCondition.startingFrom(new GlobalSequenceTrackingToken(0)), null);
    Semaphore wake = new Semaphore(0);
    stream.setCallback(wake::release);
    assertThat(wake.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
    assertThat(stream.error()).containsInstanceOf(AppendRefused.class);
    assertThat(stream.isCompleted()).isTrue();
    stream.close();
  }

  @Test
  void findsTokens() throws Exception {
    assertThat(engine.latestToken(null).get()).isEqualTo(new GlobalSequenceTrackingToken(0));
    put(expired("apr-1-2-3-4"));
    Thread.sleep(5);
    Instant between = Instant.now();
    Thread.sleep(5);
    put(expired("apr-1-2-3-4"));
    assertThat(engine.firstToken(null).get()).isEqualTo(new GlobalSequenceTrackingToken(0));
    assertThat(engine.latestToken(null).get()).isEqualTo(new GlobalSequenceTrackingToken(2));
    assertThat(engine.tokenAt(between, null).get()).isEqualTo(new GlobalSequenceTrackingToken(1));
    assertThat(engine.tokenAt(Instant.EPOCH, null).get())
        .isEqualTo(new GlobalSequenceTrackingToken(0));
    assertThat(engine.tokenAt(Instant.MAX, null).get())
        .isEqualTo(new GlobalSequenceTrackingToken(2));
  }

  @Test
  void sealsApprovalsUnderTheirSessionsKeyOutsideOfItsSequence() throws Exception {
    var held = held(1);
    EventAppends.append(
            engine,
            List.of(
                new ApprovalEvent.Requested(
                    new ApprovalId("apr-1-2-3-4"),
                    held.session(),
                    Instant.now(),
                    Instant.now(),
                    null,
                    held)),
            EventCriteria.havingAnyTag(),
            ConsistencyMarker.ORIGIN)
        .get(5, TimeUnit.SECONDS);
    assertThat(log.all().getLast())
        .satisfies(e -> {
          assertThat(e.session()).isNull();
          assertThat(e.tags()).containsExactly("approval=apr-1-2-3-4");
        });
    assertThat(log.scopes().getLast()).isEqualTo(KeyScope.of(held.session()));
  }

  private static ApprovalEvent expired(String id) {
    return new ApprovalEvent.Expired(new ApprovalId(id), SessionId.next(), Instant.now());
  }

  private void put(Event event) {
    log.append(
            new Item(
                List.of(Draft.of(event, KeyScope.of(null), Tags.of(event))),
                null,
                Urgency.decision))
        .toCompletableFuture()
        .join();
  }
}
