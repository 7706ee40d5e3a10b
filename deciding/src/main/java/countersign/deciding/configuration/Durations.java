package countersign.deciding.configuration;

import java.time.Duration;
import java.util.Optional;

/** Durations as the file writes them: {@code 90s}, {@code 15m}, {@code 1h30m}. */
final class Durations {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(30);

  private Durations() {}

  /** Reads a duration from 1 s to 30 d; empty for anything else. */
  static Optional<Duration> read(String text) {
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
