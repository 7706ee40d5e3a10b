package countersign.verifier.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The published cases of transparency-dev/merkle: all of them, the good and the forged. */
class PublishedProofsTest {

  @Test
  void agreesOnEveryInclusionProof() throws IOException {
    assertThat(
            wrong(
                "inclusion",
                c ->
                    Proofs.included(
                        number(c[1]), number(c[2]), hash(c[4]), proof(c[6]), root(c[3]))))
        .isEmpty();
  }

  @Test
  void agreesOnEveryConsistencyProof() throws IOException {
    assertThat(
            wrong(
                "consistency",
                c ->
                    Proofs.consistent(
                        number(c[1]), number(c[2]), root(c[3]), root(c[4]), proof(c[6]))))
        .isEmpty();
  }

  private static List<String> wrong(String kind, Predicate<String[]> accepts) throws IOException {
    List<String[]> cases = cases(kind);
    assertThat(cases).hasSize(98);
    List<String> wrong = new ArrayList<>();
    for (String[] words : cases) {
      boolean accepted;
      try {
        accepted = accepts.test(words);
      } catch (IllegalArgumentException notEvenAHash) {
        accepted = false;
      }
      if (accepted != words[5].equals("good")) {
        wrong.add(words[0] + " accepted=" + accepted);
      }
    }
    return wrong;
  }

  private static List<String[]> cases(String kind) throws IOException {
    try (InputStream in =
        PublishedProofsTest.class.getResourceAsStream("/merkle/" + kind + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .toList();
    }
  }

  /** Unsigned 64 bits, as the cases have them: the largest are negative here, and refused. */
  private static long number(String text) {
    return new BigInteger(text).longValue();
  }

  /** Some cases write words where a root stands and only compare them: their hash stands in. */
  private static Hash root(String base64) {
    byte[] bytes = base64.equals("-") ? new byte[0] : Base64.getDecoder().decode(base64);
    return bytes.length == Hash.LENGTH ? Hash.of(bytes) : Hash.leaf(bytes);
  }

  private static Hash hash(String base64) {
    return Hash.of(base64.equals("-") ? new byte[0] : Base64.getDecoder().decode(base64));
  }

  private static List<Hash> proof(String text) {
    return text.equals("none")
        ? List.of()
        : Arrays.stream(text.split(",")).map(PublishedProofsTest::hash).toList();
  }
}
