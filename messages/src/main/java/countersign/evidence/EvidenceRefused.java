package countersign.evidence;

/** Evidence is not made or given. */
public final class EvidenceRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  /** Refuses with words for whoever asked. */
  public EvidenceRefused(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** Why. */
  public Kind kind() {
    return kind;
  }

  /** Why it is refused. */
  public enum Kind {
    /** No such bundle. */
    notFound,
    /** It is not made yet, or its making failed. */
    notReady,
    /** Its file is deleted. */
    expired,
    /** Too many wait already, or the disk has no room. */
    busy
  }
}
