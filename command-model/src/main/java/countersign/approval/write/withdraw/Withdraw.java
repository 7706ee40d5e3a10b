package countersign.approval.write.withdraw;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.People;
import countersign.approval.write.Situation;

/** Ends the wait without an answer. */
public final class Withdraw {
  private Withdraw() {}

  /** By the edge or by control; see {@link countersign.approval.write.Slice}. */
  public static Decided decide(
      Approval state, ApprovalCommand.Withdraw command, Situation situation) {
    return Answering.open(
        state,
        command.id(),
        situation,
        open ->
            Decided.to(
                new ApprovalEvent.Withdrawn(
                    command.id(), open.held().session(), situation.now(), command.why())));
  }

  /** Through the API, by those who asked; see {@link countersign.approval.write.Slice}. */
  public static Decided decideByCaller(
      Approval state, ApprovalCommand.WithdrawByCaller command, Situation situation) {
    return Answering.open(
        state,
        command.id(),
        situation,
        open ->
            People.own(situation.rulebook(), open.held().principal(), command.by())
                ? Decided.to(
                    new ApprovalEvent.Withdrawn(
                        command.id(),
                        open.held().session(),
                        situation.now(),
                        "by " + command.by().name()))
                : Answering.attemptRefused(
                    open,
                    command.id(),
                    command.by(),
                    "withdraw",
                    "only those who asked can take it back",
                    situation));
  }
}
