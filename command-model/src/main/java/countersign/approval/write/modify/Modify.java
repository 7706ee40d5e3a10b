package countersign.approval.write.modify;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalRefused.Kind;
import countersign.approval.write.Answering;
import countersign.approval.write.Approval;
import countersign.approval.write.Decided;
import countersign.approval.write.Situation;

/** Another text takes the operation's place; the modifier's is the first yes to it. */
public final class Modify {
  /** Characters; what a person types or pastes, far below what the log takes. */
  private static final int LONGEST = 1 << 20;

  private Modify() {}

  /** See {@link countersign.approval.write.Slice}. */
  public static Decided decide(
      Approval state, ApprovalCommand.Modify command, Situation situation) {
    return Answering.open(
        state,
        command.id(),
        situation,
        open ->
            Answering.eligible(
                open,
                command.id(),
                command.by(),
                "modify",
                situation,
                asked -> modified(asked, command, situation)));
  }

  private static Decided modified(
      Approval.Open open, ApprovalCommand.Modify command, Situation situation) {
    if (!open.held().modifiable()) {
      return Decided.refused(
          Kind.notModifiable,
          "approval " + command.id() + " is for an operation whose text cannot be changed");
    }
    if (open.complete()) {
      return Decided.refused(
          Kind.answered, "approval " + command.id() + " has all the answers it needs");
    }
    String text = command.text();
    if (text.isBlank() || text.length() > LONGEST || text.indexOf('\0') >= 0) {
      return Decided.refused(
          Kind.notModifiable,
          "text: "
              + text.length()
              + " characters (expected: 1 to "
              + LONGEST
              + ", not blank, no zero character)");
    }
    boolean complete = open.held().hold().quorum() <= 1;
    return Decided.to(
        new ApprovalEvent.Modified(
            command.id(), open.held().session(), situation.now(), complete, command.by(), text));
  }
}
