package countersign.session;

/** A command that a session does not take; the message is for whoever sent it. */
public final class SessionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  /** Makes a refusal. */
  public SessionRefused(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What stands in the way. */
  public Kind kind() {
    return kind;
  }

  /** Stable names; each is a problem type of the API. */
  public enum Kind {
    /** There is no such session. */
    notFound,
    /** It has ended. */
    ended,
    /** It was erased. */
    erased,
    /** This person may not. */
    notAllowed
  }
}
