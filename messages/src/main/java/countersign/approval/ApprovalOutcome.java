package countersign.approval;

/** How a wait ended, as the edge that waits hears it. */
public sealed interface ApprovalOutcome {

  /** The quorum said yes to the operation as it is. */
  record Approved(String by) implements ApprovalOutcome {}

  /** The quorum said yes to another text. */
  record Modified(String by, String text) implements ApprovalOutcome {}

  /** A person said no. */
  record Denied(String by, String reason) implements ApprovalOutcome {}

  /** Nobody answered. */
  record Expired() implements ApprovalOutcome {}

  /** It was taken back through the API, or by control. */
  record Withdrawn(String why) implements ApprovalOutcome {}
}
