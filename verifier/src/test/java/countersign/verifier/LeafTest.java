package countersign.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeafTest {
  private static final UUID ID = UUID.fromString("01934c5e-7b00-7abc-8def-0123456789ab");
  private static final UUID SESSION = UUID.fromString("01934c5e-0000-7000-8000-000000000001");
  private static final byte[] ONES = HexFormat.of().parseHex("11".repeat(32));
  private static final byte[] TWOS = HexFormat.of().parseHex("22".repeat(32));
  private static final byte[] THREES = HexFormat.of().parseHex("33".repeat(32));

  @Test
  void writesItsMembersInTheOrderOfTheirNames() {
    Leaf leaf = new Leaf(ID, "OperationDecided", 1, SESSION, 17, at(), ONES, TWOS, THREES);
    assertThat(new String(leaf.bytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"at\":\"2026-11-21T02:25:41.000120Z\",\"clear\":\"%s\",\"id\":\"%s\",\"key\":\"%s\",\"sealed\":\"%s\",\"seq\":17,\"session\":\"%s\",\"type\":\"OperationDecided\",\"v\":1,\"version\":1}"
                .formatted("11".repeat(32), ID, "33".repeat(32), "22".repeat(32), SESSION));
  }

  @Test
  void leavesOutWhatAnEventDoesNotHave() {
    Leaf leaf = new Leaf(ID, "EdgeStarted", 2, null, -1, at(), ONES, TWOS, new byte[0]);
    assertThat(new String(leaf.bytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"at\":\"2026-11-21T02:25:41.000120Z\",\"clear\":\"%s\",\"id\":\"%s\",\"sealed\":\"%s\",\"type\":\"EdgeStarted\",\"v\":1,\"version\":2}"
                .formatted("11".repeat(32), ID, "22".repeat(32)));
  }

  @Test
  void hashesAsRfc6962Does() {
    // The empty leaf of the RFC's reference tree: SHA-256 of one zero byte.
    assertThat(HexFormat.of().formatHex(Leaf.hash(new byte[0])))
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  }

  @Test
  void changesWithEveryMember() {
    Leaf leaf = new Leaf(ID, "A", 1, SESSION, 1, at(), ONES, TWOS, THREES);
    assertThat(
            java.util.stream.Stream.of(
                    leaf,
                    new Leaf(SESSION, "A", 1, SESSION, 1, at(), ONES, TWOS, THREES),
                    new Leaf(ID, "B", 1, SESSION, 1, at(), ONES, TWOS, THREES),
                    new Leaf(ID, "A", 2, SESSION, 1, at(), ONES, TWOS, THREES),
                    new Leaf(ID, "A", 1, ID, 1, at(), ONES, TWOS, THREES),
                    new Leaf(ID, "A", 1, SESSION, 2, at(), ONES, TWOS, THREES),
                    new Leaf(ID, "A", 1, SESSION, 1, at().plusNanos(1000), ONES, TWOS, THREES),
                    new Leaf(ID, "A", 1, SESSION, 1, at(), TWOS, TWOS, THREES),
                    new Leaf(ID, "A", 1, SESSION, 1, at(), ONES, ONES, THREES),
                    new Leaf(ID, "A", 1, SESSION, 1, at(), ONES, TWOS, ONES))
                .map(l -> HexFormat.of().formatHex(l.hash()))
                .distinct())
        .hasSize(10);
  }

  @Test
  void refusesWhatWouldHaveTwoForms() {
    assertThatThrownBy(() -> new Leaf(ID, "A\"", 1, null, -1, at(), ONES, TWOS, new byte[0]))
        .hasMessageContaining("type: A\"");
    assertThatThrownBy(
            () -> new Leaf(ID, "A", 1, null, -1, at().plusNanos(1), ONES, TWOS, new byte[0]))
        .hasMessageContaining("whole microseconds");
  }

  private static Instant at() {
    return Instant.parse("2026-11-21T02:25:41.000120Z");
  }
}
