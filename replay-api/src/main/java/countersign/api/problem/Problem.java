package countersign.api.problem;

import java.net.URI;

/**
 * A problem document (RFC 9457).
 *
 * @param type stable name, {@code urn:countersign:problem:<name>}
 * @param title the same for every problem of this type
 * @param status HTTP status
 * @param detail what is wrong this time, for a person
 */
public record Problem(URI type, String title, int status, String detail) {
  /** Media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** Makes a problem. */
  public static Problem of(Kind kind, String detail) {
    return new Problem(
        URI.create("urn:countersign:problem:" + kind.type()), kind.title, kind.status, detail);
  }

  /** Every type there is; the names are part of the API. */
  public enum Kind {
    /** The request is not well-formed. */
    invalid(400, "The request is not valid"),
    /** Nobody is signed in. */
    unauthenticated(401, "Who asks is not known"),
    /** Signed in, and not allowed. */
    forbidden(403, "That is not allowed"),
    /** A request that changes something came from another site. */
    foreignOrigin(403, "The request comes from another site"),
    /** Content is opened for a stated purpose only. */
    purposeRequired(403, "A purpose is needed"),
    /** May not answer this approval. */
    notEligible(403, "Not eligible to answer"),
    /** There is nothing there, or nothing that the caller may see. */
    notFound(404, "Nothing is here"),
    /** The path is there, the method is not. */
    methodNotAllowed(405, "Not a method of this path"),
    /** Cannot answer in the media type asked for. */
    notAcceptable(406, "Not available in that media type"),
    /** It has ended. */
    ended(409, "It has ended"),
    /** It has not the answers it needs. */
    pending(409, "Answers are missing"),
    /** Answered by the same person before. */
    answered(409, "Answered already"),
    /** The text of this operation cannot be changed. */
    notModifiable(409, "The text cannot be changed"),
    /** Another text has not the shape that the caller was told. */
    modifyShape(409, "The text has another shape") {
      @Override
      String type() {
        return "modify-shape";
      }
    },
    /** What would run is not what was approved. */
    digestMismatch(409, "Not what was approved"),
    /** It is still going on. */
    open(409, "It is still open"),
    /** A legal hold forbids it. */
    held(409, "A legal hold forbids it"),
    /** It was erased: nothing of it is left to show. */
    erased(410, "It was erased"),
    /** More than the API takes. */
    tooLarge(413, "Too large"),
    /** Not a media type the API takes. */
    unsupportedMediaType(415, "Not a media type that is taken here"),
    /** The bytes asked for are not there. */
    rangeNotSatisfiable(416, "Not a range of this recording"),
    /** Our own fault. */
    internal(500, "Something failed here"),
    /** The store cannot be reached, or did not answer in time. */
    unavailable(503, "Not available now");

    private final int status;
    private final String title;

    Kind(int status, String title) {
      this.status = status;
      this.title = title;
    }

    /** Its name in the URN of a type. */
    String type() {
      return name();
    }

    /** HTTP status. */
    public int status() {
      return status;
    }
  }
}
