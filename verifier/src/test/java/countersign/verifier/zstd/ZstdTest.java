package countersign.verifier.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.Malformed;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against the reference implementation, which compresses. */
class ZstdTest {

  @Property(tries = 400)
  void makesWhatWasCompressed(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 300_000) int size,
      @ForAll @IntRange(min = 1, max = 19) int level,
      @ForAll @IntRange(min = 1, max = 256) int symbols,
      @ForAll boolean repeats)
      throws Malformed {
    byte[] plain = plain(new Random(seed), size, symbols, repeats);
    byte[] packed = com.github.luben.zstd.Zstd.compress(plain, level);
    assertThat(Zstd.decompress(packed, 0, packed.length, plain.length)).isEqualTo(plain);
  }

  @Property(tries = 1000)
  void aChangedFrameEndsInAnAnswer(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] plain = plain(random, 1 + random.nextInt(3000), 1 + random.nextInt(200), true);
    byte[] packed = com.github.luben.zstd.Zstd.compress(plain, 1 + random.nextInt(19));
    packed[random.nextInt(packed.length)] ^= (byte) (1 << random.nextInt(8));
    try {
      assertThat(Zstd.decompress(packed, 0, packed.length, plain.length)).hasSameSizeAs(plain);
    } catch (Malformed refused) {
      assertThat(refused).hasMessageContaining("zstd");
    }
  }

  @Example
  void refusesAnotherSizeAndWhatFollows() {
    byte[] packed = com.github.luben.zstd.Zstd.compress(new byte[1000], 3);
    assertThatThrownBy(() -> Zstd.decompress(packed, 0, packed.length, 999))
        .isInstanceOf(Malformed.class);
    byte[] longer = Arrays.copyOf(packed, packed.length + 1);
    assertThatThrownBy(() -> Zstd.decompress(longer, 0, longer.length, 1000))
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Zstd.decompress(packed, 0, packed.length - 1, 1000))
        .isInstanceOf(Malformed.class);
  }

  private static byte[] plain(Random random, int size, int symbols, boolean repeats) {
    byte[] plain = new byte[size];
    for (int i = 0; i < size; ) {
      if (repeats && i > 20 && random.nextInt(4) == 0) {
        int length = Math.min(size - i, 3 + random.nextInt(400));
        int from = random.nextInt(i);
        for (int j = 0; j < length; j++) {
          plain[i + j] = plain[from + j];
        }
        i += length;
      } else {
        // Squared, so that symbols differ in how often they are.
        double skewed = random.nextDouble();
        plain[i++] = (byte) (skewed * skewed * symbols);
      }
    }
    return plain;
  }
}
