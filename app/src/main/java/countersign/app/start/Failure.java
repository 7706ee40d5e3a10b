package countersign.app.start;

/** The program cannot start. The message is all that a person sees. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes a failure with words for the person who started it. */
  public Failure(String message) {
    super(message, null, false, false);
  }
}
