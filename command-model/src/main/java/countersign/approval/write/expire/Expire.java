package countersign.approval.write.expire;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.Situation;

/** Turns silence into no, not a moment early. */
public final class Expire {
  private Expire() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(
      Approval state, ApprovalCommand.Expire command, Situation situation) {
    if (state instanceof Approval.Open open && Answering.due(open, situation)) {
      return Decided.to(
          new ApprovalEvent.Expired(command.id(), open.held().session(), situation.now()));
    }
    return Answering.open(state, command.id(), situation, _ -> Decided.nothing());
  }
}
