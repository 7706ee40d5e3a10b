package countersign.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.masking.Detector;
import countersign.masking.Scan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well and how fast the detectors find: precision and recall over generated values of a fixed
 * seed and of one of this moment, over a labelled file where one is given, and megabytes per second
 * of one core's time over rows of text. Writes {@code target/bench/masking.json}.
 *
 * <p>Arguments: {@code --cases N} of each kind (default 2,000), {@code --seed N}, {@code --file F}
 * with a JSON object a line: {@code text}, {@code entity} (as Presidio names them), {@code
 * expected_count}.
 */
public final class MaskingBench {
  private static final long SEED = 20_261_121L;
  private static final double WANTED = 0.97;
  private static final int TEXT_BYTES = 8 << 20;
  private static final Set<Detector> PROMISED =
      EnumSet.of(Detector.card, Detector.iban, Detector.ssn, Detector.email, Detector.ip);
  private static final Map<String, Detector> ENTITIES =
      Map.of(
          "CREDIT_CARD", Detector.card,
          "IBAN_CODE", Detector.iban,
          "US_SSN", Detector.ssn,
          "EMAIL_ADDRESS", Detector.email,
          "PHONE_NUMBER", Detector.phone,
          "IP_ADDRESS", Detector.ip,
          "MAC_ADDRESS", Detector.mac);

  private MaskingBench() {}

  /** What a detector did with labelled values. */
  public record Score(int right, int wrong, int missed, int quiet) {
    /** Share of what it found that was there; 1 when it found nothing. */
    public double precision() {
      return right + wrong == 0 ? 1 : (double) right / (right + wrong);
    }

    /** Share of what was there that it found; 1 when nothing was there. */
    public double recall() {
      return right + missed == 0 ? 1 : (double) right / (right + missed);
    }

    Score and(boolean positive, boolean found) {
      return positive
          ? found
              ? new Score(right + 1, wrong, missed, quiet)
              : new Score(right, wrong, missed + 1, quiet)
          : found
              ? new Score(right, wrong + 1, missed, quiet)
              : new Score(right, wrong, missed, quiet + 1);
    }
  }

  /** Scores one detector over generated values. */
  public static Score score(Detector detector, long seed, int each) {
    Scan scan = new Scan(Set.of(detector));
    Score score = new Score(0, 0, 0, 0);
    for (MaskingCases.Case one : new MaskingCases(seed).of(detector, each)) {
      score = score.and(one.positive(), !scan.find(utf8(one.text())).isEmpty());
    }
    return score;
  }

  /** Runs the benchmark. */
  public static void main(String... arguments) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      if (!List.of("--cases", "--seed", "--file").contains(arguments[i])) {
        throw new IllegalArgumentException(arguments[i] + " (expected: --cases, --seed or --file)");
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    int each = Integer.parseInt(options.getOrDefault("--cases", "2000"));
    long other = Long.parseLong(options.getOrDefault("--seed", Long.toString(System.nanoTime())));
    List<Map<String, Object>> results = new ArrayList<>();
    boolean good = true;
    for (Detector detector : Detector.values()) {
      good &= print(results, "seed " + SEED, detector, score(detector, SEED, each));
      good &= print(results, "seed " + other, detector, score(detector, other, each));
    }
    String file = options.get("--file");
    if (file != null) {
      for (Map.Entry<Detector, Score> scored : labelled(Path.of(file)).entrySet()) {
        good &= print(results, "file", scored.getKey(), scored.getValue());
      }
    }
    double speed = speed();
    System.out.printf("all detectors: %.1f MB per second of one core%n", speed);
    results.add(Map.of("megabytesPerCpuSecond", speed));
    Path out = Path.of("target/bench/masking.json");
    Files.createDirectories(out.getParent());
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out.toFile(), results);
    System.out.println(
        good
            ? "every promised detector is at 0.97 or better"
            : "a promised detector is below 0.97 (marked *)");
  }

  private static boolean print(
      List<Map<String, Object>> results, String what, Detector detector, Score score) {
    boolean enough =
        !PROMISED.contains(detector) || score.precision() >= WANTED && score.recall() >= WANTED;
    System.out.printf(
        "%-7s %-24s precision %.4f  recall %.4f  (found %d, false %d, missed %d, quiet %d)%s%n",
        detector,
        what,
        score.precision(),
        score.recall(),
        score.right(),
        score.wrong(),
        score.missed(),
        score.quiet(),
        enough ? "" : " *");
    results.add(
        Map.of(
            "detector", detector.name(),
            "over", what,
            "precision", score.precision(),
            "recall", score.recall(),
            "cases", score.right() + score.wrong() + score.missed() + score.quiet()));
    return enough;
  }

  private static Map<Detector, Score> labelled(Path file) throws IOException {
    Map<Detector, Score> scores = new java.util.EnumMap<>(Detector.class);
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(file)) {
      JsonNode one = json.readTree(line);
      Detector detector = ENTITIES.get(one.path("entity").path(0).asText());
      if (detector != null) {
        byte[] text = utf8(one.get("text").asText());
        boolean found = !new Scan(Set.of(detector)).find(text).isEmpty();
        boolean positive = one.get("expected_count").asInt() > 0;
        scores.merge(
            detector,
            new Score(0, 0, 0, 0).and(positive, found),
            (a, b) ->
                new Score(
                    a.right() + b.right(),
                    a.wrong() + b.wrong(),
                    a.missed() + b.missed(),
                    a.quiet() + b.quiet()));
      }
    }
    return scores;
  }

  /** Fields as rows have them: most of them words, numbers and times, one in twelve sensitive. */
  private static double speed() {
    List<byte[]> fields = new ArrayList<>();
    MaskingCases cases = new MaskingCases(SEED);
    int bytes = 0;
    int i = 0;
    List<MaskingCases.Case> some = new ArrayList<>();
    for (Detector detector : Detector.values()) {
      some.addAll(cases.of(detector, 50));
    }
    while (bytes < TEXT_BYTES) {
      String text =
          switch (i % 6) {
            case 0 -> Integer.toString(i * 7919);
            case 1 -> "2026-11-21 14:" + i % 60 + ":07.123456+00";
            case 2 -> "Lorem ipsum dolor sit amet, consectetur adipiscing elit " + i;
            case 3 -> i % 12 == 3 ? some.get(i / 12 % some.size()).text() : "shipped";
            case 4 -> new java.util.UUID(i * 31L, i * 17L).toString();
            default -> i % 1000 + "." + i % 100;
          };
      byte[] field = utf8(text);
      fields.add(field);
      bytes += field.length;
      i++;
    }
    Scan scan = new Scan(Arrays.asList(Detector.values()));
    double best = 0;
    for (int round = 0; round < 6; round++) {
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      int found = 0;
      for (byte[] field : fields) {
        found += scan.find(field).size();
      }
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      if (found == 0) {
        throw new IllegalStateException("found: nothing (expected: what was put in)");
      }
      best = Math.max(best, bytes / 1e6 / (nanos / 1e9));
    }
    return best;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
