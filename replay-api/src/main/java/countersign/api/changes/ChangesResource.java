package countersign.api.changes;

import countersign.api.access.Caller;
import countersign.api.access.Visibility;
import countersign.identity.Principal;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What changed, as it becomes durable; never content. */
@Path("/api/v1")
@Tag(name = "changes")
public class ChangesResource {
  private final Caller caller;
  private final Visibility visibility;
  private final ChangeStream stream;

  /** Streams from this. */
  @Inject
  public ChangesResource(Caller caller, Visibility visibility, ChangeStream stream) {
    this.caller = caller;
    this.visibility = visibility;
    this.stream = stream;
  }

  /** All changes. */
  @GET
  @Path("changes")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(
      operationId = "changes",
      summary = "Server-sent events named change, with view, id and session of a row that changed")
  public Multi<OutboundSseEvent> changes(@Context Sse sse) {
    // The pieces of recordings are many, and only who follows one session wants them.
    return stream.open(sse, caller.principal(), change -> !change.view().equals("segments"));
  }

  /** Changes of one session. */
  @GET
  @Path("sessions/{id:[0-9A-Za-z-]+}/live")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Blocking // The return type alone would put it on an event loop, which its look-up must not
  // block.
  @RunOnVirtualThread
  @Operation(
      operationId = "live",
      summary = "The same for one session, with its pieces of recording as they become durable")
  public Multi<OutboundSseEvent> live(@PathParam("id") String id, @Context Sse sse) {
    Principal by = caller.principal();
    String session = visibility.session(by, id).id();
    return stream.open(sse, by, change -> change.session().equals(session));
  }
}
