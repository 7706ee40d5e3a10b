package countersign.approval.write.requestapproval;

import countersign.approval.ApprovalCommand.Request;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalRefused.Kind;
import countersign.approval.HeldOperation;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.Situation;
import java.time.Instant;

/** Asks for a second person, once per id. */
public final class RequestApproval {
  private RequestApproval() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(Approval state, Request command, Situation situation) {
    if (state instanceof Approval.Open open && open.held().equals(command.held())) {
      return Decided.nothing();
    }
    if (!(state instanceof Approval.None)) {
      return Decided.refused(
          Kind.ended, "id: " + command.id() + " (expected: an id that was never asked under)");
    }
    HeldOperation held = command.held();
    return Decided.to(
        new ApprovalEvent.Requested(
            command.id(),
            held.session(),
            situation.now(),
            expires(command, situation),
            command.repeat(),
            held));
  }

  /** Never later than the rule's own time, whatever the edge's clock says. */
  private static Instant expires(Request command, Situation situation) {
    Instant latest = situation.now().plus(command.held().hold().within());
    return command.expires().isAfter(latest) ? latest : command.expires();
  }
}
