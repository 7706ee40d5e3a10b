package countersign.api.secrets;

import countersign.api.access.Caller;
import countersign.api.access.Powers;
import countersign.api.access.Stages;
import countersign.identity.Principal;
import countersign.secret.SecretKeeping;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Credentials that {@code ${secret:NAME}} names: to be set, never to be read. */
@Path("/api/v1/secrets")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "secrets")
public class SecretsResource {
  private final SecretKeeping secrets;
  private final Caller caller;

  /** Keeps them there. */
  @Inject
  public SecretsResource(SecretKeeping secrets, Caller caller) {
    this.secrets = secrets;
    this.caller = caller;
  }

  /** Sets one. */
  @PUT
  @Path("{name:[A-Za-z0-9][A-Za-z0-9_.-]*}")
  @Consumes({MediaType.TEXT_PLAIN, MediaType.APPLICATION_OCTET_STREAM})
  @Operation(
      operationId = "setSecret",
      summary = "Sets a sealed credential for ${secret:NAME}; nothing reads it back")
  @APIResponse(responseCode = "204", description = "set")
  public Response set(@PathParam("name") String name, byte[] value) {
    Principal by = caller.principal();
    Powers.require(by, "administer");
    try {
      Stages.await(secrets.set(name, value, by));
      return Response.noContent().build();
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }
}
