package countersign.verifier.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every good and every bad bundle gives its exit code. */
class MutationsTest {

  @Test
  void everyBundleGivesItsExitCode(@TempDir Path directory) throws Exception {
    List<Mutations.Case> cases = Mutations.all(directory);
    List<String> wrong = new ArrayList<>();
    for (Mutations.Case one : cases) {
      Report report =
          Verification.of(one.file(), new Trust(one.policy(), one.since()), Progress.NONE);
      if (report.exitCode() != one.expected()) {
        wrong.add(
            "%s: %d (expected: %d)%n%s"
                .formatted(one.name(), report.exitCode(), one.expected(), report.text()));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(cases.stream().filter(one -> one.expected() != 0)).hasSizeGreaterThanOrEqualTo(60);
  }
}
