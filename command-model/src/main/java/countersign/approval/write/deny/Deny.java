package countersign.approval.write.deny;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.Situation;

/** One person's no ends it, also after the yes of others, as long as it was not used. */
public final class Deny {
  private Deny() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(Approval state, ApprovalCommand.Deny command, Situation situation) {
    return Answering.open(
        state,
        command.id(),
        situation,
        open ->
            Answering.eligible(
                open,
                command.id(),
                command.by(),
                "deny",
                situation,
                asked ->
                    Decided.to(
                        new ApprovalEvent.Denied(
                            command.id(),
                            asked.held().session(),
                            situation.now(),
                            command.by(),
                            command.reason()))));
  }
}
