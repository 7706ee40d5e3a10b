package countersign.api.problem;

/** Ends a request with a problem document. The detail is for the caller. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  /** Ends the request with this problem. */
  public ProblemException(Problem.Kind kind, String detail) {
    super(detail, null, false, false);
    this.problem = Problem.of(kind, detail);
  }

  /** What the caller gets. */
  public Problem problem() {
    return problem;
  }
}
