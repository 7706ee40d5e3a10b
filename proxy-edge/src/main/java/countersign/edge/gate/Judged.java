package countersign.edge.gate;

import countersign.operation.Decision;
import countersign.operation.Operation;
import countersign.operation.OperationId;

/**
 * One operation with what was decided about it.
 *
 * @param asked what the protocol asked
 * @param dutiesAt version of the rulebook that decided
 * @param digest what an approval of it would be bound to
 */
public record Judged(
    OperationId id,
    Asked asked,
    Operation operation,
    Decision decision,
    long dutiesAt,
    String digest) {

  boolean blocked() {
    return decision instanceof Decision.Blocked;
  }
}
