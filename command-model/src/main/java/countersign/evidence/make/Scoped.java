package countersign.evidence.make;

import countersign.evidence.EvidenceScope;
import countersign.verifier.bundle.BundleScope.Range;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a scope holds.
 *
 * @param range all positions without a hole, when it is a time alone
 * @param positions the positions otherwise, rising; empty with a range
 * @param sessions sessions that it is about
 */
record Scoped(Optional<Range> range, long[] positions, Set<UUID> sessions) {

  long first() {
    return range.map(Range::from).orElseGet(() -> positions[0]);
  }

  /** Its last position. */
  long last() {
    return range.map(r -> r.to() - 1).orElseGet(() -> positions[positions.length - 1]);
  }

  long events() {
    return range.map(r -> r.to() - r.from()).orElseGet(() -> (long) positions.length);
  }

  /** Says that nothing matches. */
  static NotMade nothing(EvidenceScope scope) {
    return new NotMade("nothing in the log matches " + scope.query());
  }
}
