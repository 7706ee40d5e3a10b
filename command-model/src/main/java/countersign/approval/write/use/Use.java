package countersign.approval.write.use;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalRefused.Kind;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.People;
import countersign.approval.write.Situation;
import countersign.deciding.Eligibility;
import countersign.identity.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Uses an approval up. All that was asked when people answered is asked again, with the rulebook of
 * this moment: whoever may not answer any more does not count any more.
 */
public final class Use {
  private Use() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(Approval state, ApprovalCommand.Use command, Situation situation) {
    return Answering.open(state, command.id(), situation, open -> use(open, command, situation));
  }

  private static Decided use(Approval.Open open, ApprovalCommand.Use command, Situation situation) {
    if (!open.complete()) {
      return Decided.refused(
          Kind.pending, "approval " + command.id() + " has not the answers it needs");
    }
    if (!sameDigest(open.digest(), command.digest())) {
      return Decided.refused(
          Kind.digestMismatch, "what would run is not what approval " + command.id() + " is for");
    }
    List<Principal> counting =
        open.yes().stream()
            .filter(by -> Eligibility.refusal(situation.rulebook(), open.held(), by).isEmpty())
            .toList();
    int people = People.count(situation.rulebook(), counting);
    if (people < open.held().hold().quorum()) {
      return Decided.refused(
          Kind.pending,
          "approval "
              + command.id()
              + ": "
              + people
              + " of those who said yes may still do so (expected: "
              + open.held().hold().quorum()
              + ")");
    }
    return Decided.to(
        new ApprovalEvent.Used(
            command.id(),
            open.held().session(),
            situation.now(),
            command.operation(),
            command.digest()));
  }

  private static boolean sameDigest(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
