package countersign.api.retention;

import countersign.api.access.Caller;
import countersign.api.access.Powers;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Principal;
import countersign.view.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Erasure: the keys of sessions are destroyed and everything made from them goes. What was recorded
 * stays as bytes that nobody can open, so that every proof still holds.
 */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "retention")
public class ErasureResource {
  private final Erasures erasures;
  private final Caller caller;

  /** Answers from these. */
  @Inject
  public ErasureResource(Erasures erasures, Caller caller) {
    this.erasures = erasures;
    this.caller = caller;
  }

  /** Lists erasures. */
  @GET
  @Path("erasures")
  @Operation(operationId = "erasures", summary = "Erasures, oldest first, and how far they are")
  public Page<Erasures.ErasureView> list() {
    Powers.require(caller.principal(), "audit", "administer");
    return new Page<>(erasures.all(), null);
  }

  /** Shows one. */
  @GET
  @Path("erasures/{id:[0-9A-Za-z-]+}")
  @Operation(operationId = "erasure", summary = "One erasure and how far it is")
  public Erasures.ErasureView one(@PathParam("id") String id) {
    Powers.require(caller.principal(), "audit", "administer");
    return erasures.all().stream()
        .filter(erasure -> erasure.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new ProblemException(Problem.Kind.notFound, "erasure: " + id));
  }

  /** Erases all sessions of a principal. */
  @POST
  @Path("principals/{id}:erase")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "erasePrincipal",
      summary =
          "Destroys the keys of all sessions with this name in their chain; all have ended; needs"
              + " administer")
  public Erasures.Answer principal(@PathParam("id") String id, Erasures.@Nullable Erasing erasing) {
    Principal by = administrator();
    String reason = Erasures.reason(erasing == null ? null : erasing.reason());
    return erasures.erase(erasures.of(id), id, by, reason);
  }

  private Principal administrator() {
    Principal by = caller.principal();
    Powers.require(by, "administer");
    return by;
  }
}
