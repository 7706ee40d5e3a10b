package countersign.edge.gate;

import countersign.approval.Context;
import countersign.approval.HeldOperation;
import countersign.operation.Decision;
import countersign.operation.Operation;
import countersign.operation.OperationId;
import countersign.session.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

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

  private String rest() {
    int text = asked.text().getBytes(StandardCharsets.UTF_8).length;
    return Base64.getEncoder()
        .encodeToString(Arrays.copyOfRange(asked.bytes(), text, asked.bytes().length));
  }

  boolean blocked() {
    return decision instanceof Decision.Blocked;
  }

  /** The same, bound to other terms: those of a request that exists. */
  Judged under(long version, String boundTo) {
    return new Judged(id, asked, operation, decision, version, boundTo);
  }

  /** The same, held for another reason. */
  public Judged because(Decision.Held held) {
    return new Judged(id, asked, operation, held, dutiesAt, digest);
  }

  /** What an approver is asked. */
  HeldOperation held(
      SessionId session,
      Caller caller,
      Decision.Held held,
      boolean inTransaction,
      boolean modifiable,
      String ticket) {
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
        modifiable,
        modifiable ? rest() : "",
        new Context(
            ticket,
            asked.facts().relations(),
            asked.facts().everyRow(),
            asked.facts().rowsEstimated(),
            asked.plan()));
  }
}
