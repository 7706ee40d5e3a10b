package countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.event.TimeOrderedId;
import countersign.operation.OperationId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TailTest {
  private static final SessionId ONE = new SessionId(TimeOrderedId.next());
  private static final SessionId OTHER = new SessionId(TimeOrderedId.next());

  private final Tail tail = new Tail();

  @Test
  void answersFromWhereItBeginsAndNotBefore() {
    add(5, 6, 7);
    assertThat(positions(tail.read(5, 10, List.of(), 7))).contains(List.of(5L, 6L, 7L));
    assertThat(positions(tail.read(6, 1, List.of(), 7))).contains(List.of(6L));
    assertThat(tail.read(4, 10, List.of(), 7)).isEmpty();
    assertThat(tail.read(9, 10, List.of(), 7)).isEmpty();
  }

  @Test
  void saysThatThereIsNothingOnlyUpToTheHeadItHasSeen() {
    add(5, 6);
    assertThat(positions(tail.read(7, 10, List.of(), 6))).contains(List.of());
    assertThat(tail.read(7, 10, List.of(), 7)).isEmpty();
    assertThat(tail.read(5, 10, List.of(type("Approved")), 7)).isEmpty();
    assertThat(positions(tail.read(5, 10, List.of(type("Approved")), 6))).contains(List.of());
  }

  @Test
  void beginsAnewAfterAnEventOfAnotherProcess() {
    add(5, 6, 8);
    assertThat(tail.read(5, 10, List.of(), 8)).isEmpty();
    assertThat(positions(tail.read(8, 10, List.of(), 8))).contains(List.of(8L));
  }

  @Test
  void forgetsTheOldestPastItsBounds() {
    tail.add(stored(0, ONE), leaf(0), 30L << 20);
    tail.add(stored(1, ONE), leaf(1), 10L << 20);
    tail.add(stored(2, ONE), leaf(2), 30L << 20);
    assertThat(tail.read(0, 10, List.of(), 2)).isEmpty();
    assertThat(positions(tail.read(1, 10, List.of(), 2))).contains(List.of(1L, 2L));
    for (long position = 3; position < 200_000; position++) {
      tail.add(stored(position, ONE), leaf(position), 1);
    }
    assertThat(tail.read(199_999 - (1 << 16), 1, List.of(), 199_999)).isEmpty();
    assertThat(positions(tail.read(199_999, 1, List.of(), 199_999))).contains(List.of(199_999L));
  }

  @Test
  void endsAnAnswerAtTheBytesThatADatabaseWouldAnswerWith() {
    tail.add(stored(0, ONE), leaf(0), 16L << 20);
    tail.add(stored(1, ONE), leaf(1), 1);
    assertThat(positions(tail.read(0, 10, List.of(), 1))).contains(List.of(0L));
  }

  @Test
  void matchesAsTheLogDoes() {
    tail.add(stored(0, ONE), leaf(0), 1);
    tail.add(stored(1, OTHER), leaf(1), 1);
    assertThat(positions(tail.read(0, 9, List.of(Criterion.session(OTHER, Set.of())), 1)))
        .contains(List.of(1L));
    assertThat(positions(tail.read(0, 9, List.of(Criterion.tag("kind", "a")), 1)))
        .contains(List.of(0L, 1L));
    assertThat(positions(tail.read(0, 9, List.of(Criterion.tag("kind", "b")), 1)))
        .contains(List.of());
    assertThat(positions(tail.read(0, 9, List.of(type("Approved"), type("OutcomeUnknown")), 1)))
        .contains(List.of(0L, 1L));
  }

  private static Criterion type(String name) {
    return new Criterion(Set.of(), Set.of(name));
  }

  private void add(long... positions) {
    for (long position : positions) {
      tail.add(stored(position, ONE), leaf(position), 1);
    }
  }

  private static Optional<List<Long>> positions(Optional<List<StoredEvent>> found) {
    return found.map(events -> events.stream().map(StoredEvent::position).toList());
  }

  private static StoredEvent stored(long position, SessionId session) {
    return new StoredEvent(
        position,
        TimeOrderedId.next(),
        "OutcomeUnknown",
        1,
        session,
        position,
        Instant.EPOCH,
        Set.of("kind=a"),
        new SessionEvent.OutcomeUnknown(session, OperationId.next(), "tested"));
  }

  @Test
  void answersLeafHashesOfWhatItHolds() {
    for (long position = 5; position < 2_005; position++) {
      tail.add(stored(position, ONE), leaf(position), 1);
    }

    assertThat(tail.hashes(4, 10, "none")).isEmpty();
    assertThat(tail.hashes(2_005, 10, "none")).isEmpty();
    LogRows.Hashes few = tail.hashes(7, 3, stored(7, ONE).type()).orElseThrow();
    assertThat(few.from()).isEqualTo(7);
    assertThat(few.onlyOf()).isTrue();
    assertThat(few.hashes()).startsWith(leaf(7)).endsWith(leaf(9)).hasSize(96);
    LogRows.Hashes many = tail.hashes(5, 16_384, "none").orElseThrow();
    assertThat(many.count()).isEqualTo(1_024);
    assertThat(many.onlyOf()).isFalse();
    tail.forget();
    assertThat(tail.hashes(7, 3, "none")).isEmpty();
  }

  private static byte[] leaf(long position) {
    byte[] leaf = new byte[32];
    Arrays.fill(leaf, (byte) position);
    return leaf;
  }
}
