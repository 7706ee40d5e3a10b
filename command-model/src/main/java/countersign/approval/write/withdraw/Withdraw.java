package countersign.approval.write.withdraw;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.People;
import countersign.approval.write.Situation;
import countersign.identity.Principal;

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
            own(open, command.by(), situation)
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

  /** In the chain, or owner of an agent in it. */
  private static boolean own(Approval.Open open, Principal by, Situation situation) {
    Principal.Hop acting = by.acting();
    return open.held().principal().chain().stream()
        .anyMatch(hop ->
            People.same(situation.rulebook(), hop, acting)
                || (acting.kind() == Principal.Kind.human
                    && hop.owner().equals(acting.name())
                    && !hop.owner().isEmpty()));
  }
}
