package countersign.store.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.verifier.Leaf;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SealerTest {
  private static final UUID ID = UUID.fromString("01934c5e-7b00-7abc-8def-0123456789ab");
  private static final UUID OTHER = UUID.fromString("01934c5e-7b00-7abc-8def-0123456789ac");
  private static final Envelope ENVELOPE = new Envelope(ID, "OperationDecided", 1, OTHER, 17);
  private static final byte[] PLAIN = "drop table t".getBytes(StandardCharsets.UTF_8);
  private final Sealer sealer = new Sealer();

  @Test
  void opensWhatItSealed() {
    Sealer.Sealed sealed = sealer.seal(key(1), ENVELOPE, PLAIN);
    assertThat(sealed.bytes()).hasSize(PLAIN.length + 16);
    assertThat(sealer.open(key(1), ENVELOPE, sealed.bytes())).contains(PLAIN);
  }

  @Test
  void opensOnlyUnderTheSameEnvelope() {
    byte[] sealed = sealer.seal(key(1), ENVELOPE, PLAIN).bytes();
    assertThat(
            Stream.of(
                new Envelope(OTHER, "OperationDecided", 1, OTHER, 17),
                new Envelope(ID, "OperationDecidec", 1, OTHER, 17),
                new Envelope(ID, "OperationDecided", 2, OTHER, 17),
                new Envelope(ID, "OperationDecided", 1, ID, 17),
                new Envelope(ID, "OperationDecided", 1, null, 17),
                new Envelope(ID, "OperationDecided", 1, OTHER, 18)))
        .allSatisfy(other -> assertThat(sealer.open(key(1), other, sealed)).isEmpty());
  }

  @Test
  void opensNeitherChangedBytesNorUnderAnotherKey() {
    byte[] sealed = sealer.seal(key(1), ENVELOPE, PLAIN).bytes();
    assertThat(sealer.open(key(2), ENVELOPE, sealed)).isEmpty();
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(sealer.open(key(1), ENVELOPE, changed)).isEmpty();
    }
    assertThat(sealer.open(key(1), ENVELOPE, new byte[3])).isEmpty();
  }

  @Test
  void sealsEachEventUnderItsOwnKey() {
    Envelope next = new Envelope(OTHER, "OperationDecided", 1, OTHER, 18);
    Sealer.Sealed one = sealer.seal(key(1), ENVELOPE, PLAIN);
    Sealer.Sealed two = sealer.seal(key(1), next, PLAIN);
    assertThat(one.bytes()).isNotEqualTo(two.bytes());
    assertThat(one.commitment()).isNotEqualTo(two.commitment());
  }

  /** RFC 5869, appendix A.3: no salt, no info; the first 32 of its 42 bytes. */
  @Test
  void derivesAsRfc5869Says() {
    byte[] extracted = Hkdf.extract(HexFormat.of().parseHex("0b".repeat(22)));
    assertThat(HexFormat.of().formatHex(extracted))
        .isEqualTo("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    assertThat(HexFormat.of().formatHex(new Hkdf().expand(extracted, new byte[0])))
        .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  }

  @Test
  void commitsToTheKeyOfTheEvent() {
    byte[] info = new byte[36];
    System.arraycopy("countersign/event/v1".getBytes(StandardCharsets.US_ASCII), 0, info, 0, 20);
    System.arraycopy(ENVELOPE.idBytes(), 0, info, 20, 16);
    byte[] eventKey = new Hkdf().expand(key(1).extracted(), info);
    assertThat(sealer.seal(key(1), ENVELOPE, PLAIN).commitment())
        .isEqualTo(Leaf.commitment(eventKey));
  }

  private static SealingKey key(int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    return new SealingKey(ID, bytes, CompletableFuture.completedFuture(null));
  }
}
