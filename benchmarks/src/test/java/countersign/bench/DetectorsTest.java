package countersign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.masking.Detector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every detector over 500 values it must find and 500 it must not, of a fixed seed and of another.
 */
class DetectorsTest {
  private static final int EACH = 500;

  @ParameterizedTest
  @EnumSource
  void findsWhatIsThereAndNothingElse(Detector detector) {
    good(detector, 7);
    good(detector, System.nanoTime());
  }

  private static void good(Detector detector, long seed) {
    MaskingBench.Score score = MaskingBench.score(detector, seed, EACH);
    assertThat(score.right() + score.missed()).isEqualTo(EACH);
    assertThat(score.precision()).as("%s precision, seed %d", detector, seed).isGreaterThan(0.97);
    assertThat(score.recall()).as("%s recall, seed %d", detector, seed).isGreaterThan(0.97);
  }
}
