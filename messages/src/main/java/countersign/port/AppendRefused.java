package countersign.port;

/** Events that are not durable and will not be. The message says why, in words for an operator. */
public final class AppendRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Reason reason;

  /** Makes a refusal. */
  public AppendRefused(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What stands in the way. */
  public Reason reason() {
    return reason;
  }

  /** Stable names for metrics and messages. */
  public enum Reason {
    /** The store cannot be reached or did not answer in time. */
    storeDown,
    /** The disk reserve is reached: segments and decisions are refused. */
    diskReserve,
    /** Buffers are at their bound. */
    overloaded,
    /** Another writer numbered this session's events, or the edge is fenced. */
    sequence,
    /** A condition on a tag failed: somebody else was first. */
    condition,
    /** The item is larger than a batch can hold. */
    tooLarge,
    /** What it belongs to was erased: nothing more is recorded of it. */
    erased
  }
}
