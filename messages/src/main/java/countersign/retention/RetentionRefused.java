package countersign.retention;

/** A hold or an erasure that is not taken; the message is for whoever asked. */
public final class RetentionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  /** Makes a refusal. */
  public RetentionRefused(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What stands in the way. */
  public Kind kind() {
    return kind;
  }

  /** Stable names; each is a problem type of the API. */
  public enum Kind {
    /** There is no such session or hold. */
    notFound,
    /** This person may not. */
    notAllowed,
    /** The session is still open. */
    open,
    /** A legal hold forbids it. */
    held,
    /** The hold was lifted before. */
    lifted,
    /** It was erased before. */
    erased
  }
}
