package countersign.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.api.problem.Problem.Kind;
import countersign.approval.ApprovalRefused;
import countersign.evidence.EvidenceRefused;
import countersign.identity.Authentication;
import countersign.port.AppendRefused;
import countersign.retention.RetentionRefused;
import countersign.session.SessionRefused;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever ends a request into a problem document. */
public class ProblemMappers {
  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);
  private final ObjectMapper json;

  /** Writes problems with this. */
  @Inject
  public ProblemMappers(ObjectMapper json) {
    this.json = json;
  }

  /** Everything: the more specific mappers only exist where the framework brings its own. */
  @ServerExceptionMapper
  public Response any(Throwable failure) {
    Problem problem = problem(failure);
    if (failure instanceof IOException) {
      // A caller that went away, or a recording with a hole; what was sent so far is short.
      LOG.infof("answer=cut reason=\"%s\"", failure.getMessage());
    } else if (problem.status() == Kind.internal.status()) {
      LOG.error("request failed", failure);
    }
    return respond(problem);
  }

  /** What the framework itself refuses: no such path, method, media type, or not JSON. */
  @ServerExceptionMapper
  public Response framework(WebApplicationException refused) {
    Problem problem = problem(refused);
    Response response = respond(problem);
    String allow = refused.getResponse().getHeaderString(HttpHeaders.ALLOW);
    return allow == null
        ? response
        : Response.fromResponse(response).header(HttpHeaders.ALLOW, allow).build();
  }

  /** A body that is no JSON or not of this shape. */
  @ServerExceptionMapper
  public Response body(JsonProcessingException malformed) {
    return respond(
        Problem.of(Kind.invalid, "body: malformed (expected: a JSON object as documented)"));
  }

  /** Writes a problem. */
  public Response respond(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status())
            .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
            .entity(write(problem));
    if (problem.status() == Kind.unauthenticated.status()) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"countersign\"");
    }
    if (problem.status() == Kind.unavailable.status()) {
      response.header(HttpHeaders.RETRY_AFTER, "1");
    }
    return response.build();
  }

  /** The bytes of a problem. */
  public byte[] write(Problem problem) {
    try {
      return json.writeValueAsBytes(problem);
    } catch (JsonProcessingException e) {
      return "{\"status\":500}".getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Which problem a failure is. */
  public static Problem problem(Throwable failure) {
    return switch (failure) {
      case CompletionException e when e.getCause() != null -> problem(e.getCause());
      case ExecutionException e when e.getCause() != null -> problem(e.getCause());
      case ProblemException e -> e.problem();
      case Authentication.Refused e -> Problem.of(Kind.unauthenticated, words(e));
      case ApprovalRefused e -> Problem.of(kind(e), words(e));
      case SessionRefused e -> Problem.of(kind(e), words(e));
      case RetentionRefused e -> Problem.of(kind(e), words(e));
      case EvidenceRefused e -> Problem.of(kind(e), words(e));
      case AppendRefused e -> Problem.of(kind(e), words(e));
      case TimeoutException _ -> Problem.of(Kind.unavailable, "no answer in time");
      case IllegalArgumentException e -> Problem.of(Kind.invalid, words(e));
      case WebApplicationException e -> framework(e.getResponse().getStatus(), e);
      default -> Problem.of(Kind.internal, "the details are in the log");
    };
  }

  private static Problem framework(int status, WebApplicationException refused) {
    return switch (status) {
      case 400 -> Problem.of(Kind.invalid, "request: malformed (expected: as documented)");
      case 401 -> Problem.of(Kind.unauthenticated, words(refused));
      case 403 -> Problem.of(Kind.forbidden, words(refused));
      // The framework answers 404 for a parameter of the wrong type as well.
      case 404 -> Problem.of(Kind.notFound, "there is nothing at this path");
      case 405 -> Problem.of(Kind.methodNotAllowed, words(refused));
      case 406 -> Problem.of(Kind.notAcceptable, words(refused));
      case 413 -> Problem.of(Kind.tooLarge, words(refused));
      case 415 -> Problem.of(Kind.unsupportedMediaType, words(refused));
      default ->
          status < 500
              ? Problem.of(Kind.invalid, words(refused))
              : Problem.of(Kind.internal, "the details are in the log");
    };
  }

  private static Kind kind(ApprovalRefused refused) {
    return switch (refused.kind()) {
      case notFound -> Kind.notFound;
      case ended -> Kind.ended;
      case notEligible -> Kind.notEligible;
      case pending -> Kind.pending;
      case answered -> Kind.answered;
      case notModifiable -> Kind.notModifiable;
      case digestMismatch -> Kind.digestMismatch;
    };
  }

  private static Kind kind(SessionRefused refused) {
    return switch (refused.kind()) {
      case notFound -> Kind.notFound;
      case ended -> Kind.ended;
      case erased -> Kind.erased;
      case notAllowed -> Kind.forbidden;
    };
  }

  private static Kind kind(RetentionRefused refused) {
    return switch (refused.kind()) {
      case notFound -> Kind.notFound;
      case notAllowed -> Kind.forbidden;
      case open -> Kind.open;
      case held -> Kind.held;
      case lifted -> Kind.ended;
      case erased -> Kind.erased;
    };
  }

  private static Kind kind(EvidenceRefused refused) {
    return switch (refused.kind()) {
      case notFound -> Kind.notFound;
      case notReady -> Kind.pending;
      case expired -> Kind.ended;
      case busy -> Kind.unavailable;
    };
  }

  private static Kind kind(AppendRefused refused) {
    return switch (refused.reason()) {
      case tooLarge -> Kind.tooLarge;
      case erased -> Kind.erased;
      case storeDown, diskReserve, overloaded, sequence, condition -> Kind.unavailable;
    };
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "" : message;
  }
}
