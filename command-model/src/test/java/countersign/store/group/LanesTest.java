package countersign.store.group;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.store.Criterion;
import countersign.store.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private long now = System.nanoTime();
  private final Lanes lanes = new Lanes(10_000, 100_000, () -> now);

  @Test
  void putsDecisionsFirstAndFillsWithSegmentsInTurn() {
    Pending a0 = offer(A, 0, Urgency.segment, 3_000);
    Pending a1 = offer(A, 1, Urgency.segment, 3_000);
    Pending a2 = offer(A, 2, Urgency.segment, 3_000);
    Pending b0 = offer(B, 0, Urgency.segment, 3_000);
    Pending c = offer(new UUID(0, 3), 0, Urgency.decision, 100);
    assertThat(lanes.next(Set.of())).containsExactly(c, a0, b0, a1);
    assertThat(lanes.next(Set.of())).containsExactly(a2);
    assertThat(lanes.isEmpty()).isTrue();
    assertThat(lanes.next(Set.of())).isEmpty();
  }

  @Test
  void bringsWhatStandsBeforeADecisionOfItsSession() {
    Pending b0 = offer(B, 0, Urgency.segment, 4_000);
    Pending a0 = offer(A, 0, Urgency.segment, 4_000);
    Pending a1 = offer(A, 1, Urgency.decision, 100);
    assertThat(lanes.next(Set.of())).containsExactly(a0, a1, b0);
  }

  @Test
  void takesASegmentWithEveryBatchOfDecisions() {
    for (int i = 0; i < 200; i++) {
      offer(new UUID(1, i), 0, Urgency.decision, 100);
    }
    Pending segment = offer(A, 0, Urgency.segment, 900);
    assertThat(lanes.next(Set.of())).contains(segment);
  }

  @Test
  void takesWhatIsLargerThanABatchAlone() {
    Pending again = offer(A, 0, Urgency.segment, 50_000);
    offer(B, 0, Urgency.decision, 100);
    now = System.nanoTime() + 25_000_000;
    assertThat(lanes.next(Set.of())).containsExactly(again);
  }

  @Test
  void letsOneWriterPerConditionedTagIntoABatch() {
    Pending one = offer(item(null, -1, Urgency.decision, 10, "t=1", "t=1"));
    Pending two = offer(item(null, -1, Urgency.decision, 10, "t=1", "t=1"));
    Pending plain = offer(item(null, -1, Urgency.decision, 10, "t=1", null));
    Pending other = offer(item(null, -1, Urgency.decision, 10, "t=2", "t=2"));
    assertThat(lanes.next(Set.of())).containsExactly(one, other);
    assertThat(lanes.next(Set.of())).containsExactly(two);
    assertThat(lanes.next(Set.of())).containsExactly(plain);
  }

  @Test
  void letsNobodyOvertakeInASessionWhoseConditionIsOpen() {
    Pending conditioned = offer(item(A, 0, Urgency.decision, 10, "t=1", "t=1"));
    Pending next = offer(A, 1, Urgency.decision, 10);
    assertThat(lanes.next(Set.of())).containsExactly(conditioned);
    assertThat(lanes.next(Set.of())).containsExactly(next);
  }

  @Test
  void leavesANumberThatDoesNotFollowToTheNextBatch() {
    Pending zero = offer(A, 0, Urgency.decision, 10);
    Pending hole = offer(A, 2, Urgency.decision, 10);
    assertThat(lanes.next(Set.of())).containsExactly(zero);
    assertThat(lanes.next(Set.of())).containsExactly(hole);
  }

  @Test
  void waitsForTheKeyOfASessionAndForNobodyElse() {
    CompletableFuture<Void> key = new CompletableFuture<>();
    Pending waits = new Pending(rows(A, 0, 10, List.of()), Urgency.decision, -1, List.of(), key);
    lanes.offer(waits);
    Pending behind = offer(A, 1, Urgency.decision, 10);
    Pending other = offer(B, 0, Urgency.decision, 10);
    assertThat(lanes.next(Set.of())).containsExactly(other);
    key.complete(null);
    assertThat(lanes.next(Set.of())).containsExactly(waits, behind);
  }

  @Test
  void boundsWhatOneSessionMayKeepWaiting() {
    assertThat(lanes.offer(item(A, 0, Urgency.segment, 90_000, null, null))).isTrue();
    assertThat(lanes.offer(item(A, 1, Urgency.segment, 20_000, null, null))).isFalse();
    assertThat(lanes.offer(item(B, 0, Urgency.segment, 20_000, null, null))).isTrue();
  }

  @Test
  void leavesOutWhoWaitsForAnAnswer() {
    Pending a0 = offer(A, 0, Urgency.decision, 10);
    Pending b0 = offer(B, 0, Urgency.decision, 10);
    Pending none = offer(item(null, -1, Urgency.decision, 10, "t=1", null));
    assertThat(lanes.next(Set.of(A))).containsExactly(b0, none);
    assertThat(lanes.next(Set.of(A))).isEmpty();
    assertThat(lanes.next(Set.of())).containsExactly(a0);
  }

  @Test
  void takesOutWhatStandsBehindAndNothingElse() {
    Pending before = offer(A, 0, Urgency.decision, 10);
    Pending refused = item(A, 1, Urgency.decision, 10, null, null);
    Pending segment = offer(A, 2, Urgency.segment, 300);
    Pending decision = offer(A, 3, Urgency.decision, 10);
    Pending other = offer(B, 2, Urgency.decision, 10);
    Pending none = offer(item(null, -1, Urgency.decision, 10, "t=1", null));
    assertThat(lanes.removeBehind(refused)).containsExactly(segment, decision);
    assertThat(lanes.removeBehind(none)).isEmpty();
    assertThat(lanes.size()).isEqualTo(3);
    assertThat(lanes.next(Set.of())).containsExactly(before, other, none);
    assertThat(lanes.isEmpty()).isTrue();
  }

  private Pending offer(UUID session, long seq, Urgency urgency, int bytes) {
    return offer(item(session, seq, urgency, bytes, null, null));
  }

  private Pending offer(Pending item) {
    assertThat(lanes.offer(item)).isTrue();
    return item;
  }

  private static Pending item(
      UUID session, long seq, Urgency urgency, int bytes, String writes, String asks) {
    List<Asked> asked =
        asks == null ? List.of() : List.of(Asked.of(new Criterion(Set.of(asks), Set.of())));
    return new Pending(
        rows(session, seq, bytes, writes == null ? List.of() : List.of(writes)),
        urgency,
        -1,
        asked,
        CompletableFuture.completedFuture(null));
  }

  private static List<Row> rows(UUID session, long seq, int bytes, List<String> tags) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            UUID.randomUUID(),
            "T",
            1,
            session,
            seq,
            0,
            tags,
            "",
            new byte[Math.max(0, bytes - 256)],
            null,
            null,
            new byte[32]));
    return rows;
  }
}
