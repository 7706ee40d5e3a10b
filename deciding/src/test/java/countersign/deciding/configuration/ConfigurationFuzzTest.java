package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a file, the reader answers with a configuration or with its mistakes. */
class ConfigurationFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\n  ",
          "\n    - ",
          ": ",
          "- ",
          "{",
          "}",
          "[",
          "]",
          ",",
          "'",
          "\"",
          "#",
          "&a ",
          "*a",
          "!!str ",
          "!!java.net.URL ",
          "<<: ",
          "|",
          ">",
          "?",
          "%YAML 1.2\n",
          "---",
          "...",
          "\t",
          "\u0000",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "\uD800",
          "\uD83D\uDE00",
          "null",
          "~",
          "yes",
          "0x1F",
          "1e9",
          ".inf",
          "2026-11-21",
          "=",
          "${env:PW}",
          "${",
          "999999999999999999999",
          "name",
          "targets",
          "rules",
          "hold",
          "by",
          "when",
          "match",
          "text",
          "((((",
          "a{1000}{1000}");

  @Property(tries = 1_500)
  void readsAnyMixtureOfPieces(@ForAll("pieces") List<String> pieces) {
    answers(String.join("", pieces));
  }

  @Property(tries = 1_500)
  void readsARightFileWithAnythingBroken(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder file = new StringBuilder(SamplesTest.sample());
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(file.length());
      int to = Math.min(file.length(), at + random.nextInt(30));
      switch (random.nextInt(4)) {
        case 0 -> file.delete(at, to);
        case 1 -> file.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> file.setCharAt(at, (char) random.nextInt(0x10000));
        default -> file.insert(at, file.substring(at, to));
      }
    }
    answers(file.toString());
  }

  @Property(tries = 500)
  void readsAnyText(@ForAll String text) {
    answers(text);
  }

  private static void answers(String yaml) {
    try {
      assertThat(ConfigurationFile.read("f.yaml", yaml)).isNotNull();
    } catch (ConfigurationErrors e) {
      assertThat(e.errors())
          .isNotEmpty()
          .allSatisfy(error -> assertThat(error).matches("(?s)f\\.yaml:[1-9][0-9]*: .+"))
          .allSatisfy(error -> assertThat(error).doesNotContain("\n").hasSizeLessThan(1_000));
    }
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.of(PIECES).list().ofMaxSize(60);
  }
}
