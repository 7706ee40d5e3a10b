package countersign.store;

import java.util.List;

/**
 * Holds as long as nothing that matters was appended since somebody looked.
 *
 * @param after position up to which the log was looked at, -1 for none of it
 * @param criteria fails when an event with a position greater than {@code after} matches any of
 *     them
 */
public record Condition(long after, List<Criterion> criteria) {
  public Condition {
    criteria = List.copyOf(criteria);
  }
}
