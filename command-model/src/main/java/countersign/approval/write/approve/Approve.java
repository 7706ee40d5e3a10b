package countersign.approval.write.approve;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalRefused.Kind;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.People;
import countersign.approval.write.Situation;
import countersign.identity.Principal;
import java.util.ArrayList;
import java.util.List;

/** Counts one person's yes to what would run now. */
public final class Approve {
  private Approve() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(
      Approval state, ApprovalCommand.Approve command, Situation situation) {
    return Answering.open(
        state,
        command.id(),
        situation,
        open ->
            Answering.eligible(
                open,
                command.id(),
                command.by(),
                "approve",
                situation,
                asked -> yes(asked, command, situation)));
  }

  private static Decided yes(
      Approval.Open open, ApprovalCommand.Approve command, Situation situation) {
    if (open.complete()) {
      return Decided.refused(
          Kind.answered, "approval " + command.id() + " has all the answers it needs");
    }
    if (People.among(situation.rulebook(), open.yes(), command.by())) {
      return Decided.refused(
          Kind.answered,
          "by: " + command.by().name() + " (expected: another person; this one said yes already)");
    }
    List<Principal> yes = new ArrayList<>(open.yes());
    yes.add(command.by());
    boolean complete = People.count(situation.rulebook(), yes) >= open.held().hold().quorum();
    return Decided.to(
        new ApprovalEvent.Approved(
            command.id(), open.held().session(), situation.now(), complete, command.by()));
  }
}
