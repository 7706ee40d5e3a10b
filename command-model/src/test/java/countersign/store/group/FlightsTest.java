package countersign.store.group;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.store.Urgency;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FlightsTest {
  private final Flights flights = new Flights();

  private static Batch batch(long number, long... sessions) {
    return new Batch(
        number, LongStream.of(sessions).mapToObj(FlightsTest::item).toList(), System.nanoTime());
  }

  private static Pending item(long session) {
    Row row =
        new Row(
            UUID.randomUUID(),
            "T",
            1,
            new UUID(0, session),
            0,
            0,
            List.of(),
            "",
            new byte[1],
            null,
            null,
            new byte[32]);
    return new Pending(
        List.of(row), Urgency.decision, -1, List.of(), CompletableFuture.completedFuture(null));
  }

  @Test
  void admitsASecondOneAsLargeAsTheFirstAndNoThird() {
    assertThat(flights.admits(0)).isTrue();
    flights.add(batch(0, 1, 2, 3));
    assertThat(flights.admits(2)).isFalse();
    assertThat(flights.admits(3)).isTrue();
    flights.add(batch(1, 4, 5, 6));
    assertThat(flights.admits(1_000)).isFalse();
  }

  @Test
  void keepsTheOrderAndForgetsWhatIsGivenUp() {
    Batch first = batch(0, 1);
    Batch second = batch(1, 2);
    flights.add(first);
    flights.add(second);
    assertThat(flights.sessions()).containsExactlyInAnyOrder(new UUID(0, 1), new UUID(0, 2));
    assertThat(flights.remove(first)).isTrue();
    assertThat(flights.first()).isSameAs(second);
    assertThat(flights.removeAll()).containsExactly(second);
    assertThat(flights.remove(second)).isFalse();
    assertThat(flights.isEmpty()).isTrue();
  }
}
