package countersign.edge.gate;

import countersign.approval.HeldOperation;
import countersign.operation.Decision;
import countersign.operation.Operation;
import countersign.operation.OperationId;
import countersign.session.SessionId;

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

  /** What an approver is asked. */
  HeldOperation held(SessionId session, Caller caller, Decision.Held held, boolean inTransaction) {
    return new HeldOperation(
        session,
        id,
        digest,
        dutiesAt,
        caller.principal(),
        caller.protocol(),
        caller.target(),
        caller.database(),
        caller.role(),
        asked.text(),
        asked.binds(),
        asked.effects(),
        held.rule(),
        held.hold(),
        held.reason(),
        operation.statedReason(),
        inTransaction,
        asked.modifiable());
  }
}
