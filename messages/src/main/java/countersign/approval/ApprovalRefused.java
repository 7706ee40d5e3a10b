package countersign.approval;

/** A command that an approval does not take; the message is for whoever sent it. */
public final class ApprovalRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  /** Makes a refusal. */
  public ApprovalRefused(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What stands in the way. */
  public Kind kind() {
    return kind;
  }

  /** Stable names; each is a problem type of the API. */
  public enum Kind {
    /** There is no such approval. */
    notFound,
    /** It has ended: used, denied, expired, withdrawn. */
    ended,
    /** This person may not answer. */
    notEligible,
    /** It has not the answers it needs, or not any more. */
    pending,
    /** This person has answered already. */
    answered,
    /** The text cannot be changed here. */
    notModifiable,
    /** What would run is not what was approved. */
    digestMismatch
  }
}
