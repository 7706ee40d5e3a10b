package countersign.verifier.bundle;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody asked to have proven, as the manifest says it.
 *
 * @param query what was asked for, such as {@code session=0193…} or {@code duty=ai-readonly}
 * @param range the positions of the log that the bundle has without a hole, when it was asked for a
 *     time; empty when it has the whole sessions that match instead
 * @param requestedBy principal who asked
 * @param purpose why; empty when nobody said
 * @param ticket number of a ticket, when there is one
 * @param disclosed whether content was asked for, not metadata only
 * @param at when the bundle was asked for; what makes two bundles of one scope differ
 */
public record BundleScope(
    Map<String, String> query,
    Optional<Range> range,
    String requestedBy,
    String purpose,
    Optional<String> ticket,
    boolean disclosed,
    Instant at) {

  public BundleScope {
    query = Map.copyOf(new TreeMap<>(query));
  }

  /**
   * Positions without a hole.
   *
   * @param from the first, from 0
   * @param to the one after the last
   */
  public record Range(long from, long to) {
    public Range {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("range: " + from + " to " + to);
      }
    }
  }
}
