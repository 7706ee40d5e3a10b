package countersign.retention;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long sessions are kept, counted from their end.
 *
 * @param everything where neither target nor duty says; null: for ever
 * @param targets by name of the target
 * @param duties by name of the duty
 */
public record RetentionRules(
    @Nullable Span everything, Map<String, Span> targets, Map<String, Span> duties) {
  /** Nothing is ever erased by itself. */
  public static final RetentionRules NONE = new RetentionRules(null, Map.of(), Map.of());

  public RetentionRules {
    targets = Map.copyOf(targets);
    duties = Map.copyOf(duties);
  }

  /**
   * A length of time.
   *
   * @param hotDays days in which everything must be at hand at once, 0 where nobody asks for that;
   *     at most the total. It is kept by moving nothing: until it is erased, everything is at hand
   * @param totalDays days after which it is erased, 1 or more
   */
  public record Span(int hotDays, int totalDays) {}
}
