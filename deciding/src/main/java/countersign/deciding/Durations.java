package countersign.deciding;

import java.time.Duration;
import java.util.Optional;

/** Durations as the configuration writes them: {@code 90s}, {@code 15m}, {@code 1h30m}. */
public final class Durations {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(30);

  private Durations() {}

  /** Reads a duration from 1 s to 30 d; empty for anything else. */
  public static Optional<Duration> read(String text) {
    Duration sum = Duration.ZERO;
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
        if (number > 10_000_000) {
          return Optional.empty();
        }
      } else {
        sum = sum.plus(unit(c).multipliedBy(number));
        number = 0;
      }
    }
    return sum.compareTo(LEAST) < 0 || sum.compareTo(MOST) > 0
        ? Optional.empty()
        : Optional.of(sum);
  }

  /** Writes a duration; what is shorter than a millisecond is lost. */
  public static String write(Duration duration) {
    StringBuilder words = new StringBuilder();
    part(words, duration.toDaysPart(), "d");
    part(words, duration.toHoursPart(), "h");
    part(words, duration.toMinutesPart(), "m");
    part(words, duration.toSecondsPart(), "s");
    part(words, duration.toMillisPart(), "ms");
    return words.isEmpty() ? "0s" : words.toString();
  }

  private static void part(StringBuilder words, long amount, String unit) {
    if (amount > 0) {
      words.append(amount).append(unit);
    }
  }

  private static Duration unit(char unit) {
    return switch (unit) {
      case 'd' -> Duration.ofDays(1);
      case 'h' -> Duration.ofHours(1);
      case 'm' -> Duration.ofMinutes(1);
      case 's' -> Duration.ofSeconds(1);
      default -> Duration.ZERO;
    };
  }
}
