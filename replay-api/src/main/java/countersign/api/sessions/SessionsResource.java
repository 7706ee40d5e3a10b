package countersign.api.sessions;

import countersign.api.access.Caller;
import countersign.api.access.Commands;
import countersign.api.access.Paging;
import countersign.api.access.Powers;
import countersign.api.access.Stages;
import countersign.api.access.Visibility;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.api.retention.Erasures;
import countersign.identity.Principal;
import countersign.session.SessionCommand;
import countersign.session.SessionId;
import countersign.view.OperationView;
import countersign.view.Page;
import countersign.view.SessionView;
import countersign.view.Views;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Sessions, their operations, their end. */
@Path("/api/v1/sessions")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "sessions")
public class SessionsResource {
  private static final int LONGEST_REASON = 1_000;
  private static final String ID = "{id:[0-9A-Za-z-]+}";

  private final Views views;
  private final Visibility visibility;
  private final Caller caller;
  private final Commands commands;
  private final Erasures erasures;

  /** Answers from these. */
  @Inject
  public SessionsResource(
      Views views, Visibility visibility, Caller caller, Commands commands, Erasures erasures) {
    this.erasures = erasures;
    this.views = views;
    this.visibility = visibility;
    this.caller = caller;
    this.commands = commands;
  }

  /** Why a session is ended. */
  public record Ending(@Nullable String reason) {}

  /** Lists sessions. */
  @GET
  @Operation(operationId = "sessions", summary = "Sessions you may see, newest first")
  public Page<SessionView> list(
      @QueryParam("state") @Nullable String state,
      @QueryParam("principal") @Nullable String principal,
      @QueryParam("target") @Nullable String target,
      @BeanParam Paging paging) {
    Map<String, String> filter = Paging.filter("state", state);
    filter.putAll(Paging.filter("principal", principal));
    filter.putAll(Paging.filter("target", target));
    return Stages.await(
        views.sessions(visibility.narrow(caller.principal(), filter), paging.request()));
  }

  /** One session. */
  @GET
  @Path(ID)
  @Operation(operationId = "session", summary = "One session")
  public SessionView one(@PathParam("id") String id) {
    return visibility.session(caller.principal(), id);
  }

  /** Operations of one session. */
  @GET
  @Path(ID + "/operations")
  @Operation(
      operationId = "operations",
      summary = "Operations of a session in order; their text is shown to who may open content")
  public Page<OperationView> operations(
      @PathParam("id") String id,
      @QueryParam("purpose") @DefaultValue("") String purpose,
      @BeanParam Paging paging) {
    Principal by = caller.principal();
    SessionView session = visibility.session(by, id);
    Visibility.requireNotErased(session);
    boolean open = mayOpen(by, session, purpose);
    if (open) {
      commands.openContent(by, id, "operations", purpose);
    }
    Page<OperationView> page = Stages.await(views.operations(id, paging.request()));
    return open
        ? page
        : new Page<>(page.items().stream().map(SessionsResource::hidden).toList(), page.next());
  }

  private boolean mayOpen(Principal by, SessionView session, String purpose) {
    try {
      visibility.requireContent(by, session, purpose);
      return true;
    } catch (ProblemException e) {
      // The list itself is metadata; only the words of the operations are not.
      return false;
    }
  }

  /** Ends a session. */
  @POST
  @Path(ID + ":terminate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "terminate", summary = "Asks the session's edge to end it now")
  public SessionView terminate(@PathParam("id") String id, @Nullable Ending ending) {
    Principal by = caller.principal();
    SessionView session = visibility.session(by, id);
    String reason = ending == null || ending.reason() == null ? "" : ending.reason().strip();
    if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason: " + reason.length() + " characters (expected: 1 to " + LONGEST_REASON + ")");
    }
    if (!session.state().equals("open")) {
      throw new ProblemException(Problem.Kind.ended, "session: " + session.state());
    }
    commands.send(new SessionCommand.Terminate(SessionId.parse(id), by, reason));
    return session;
  }

  /** Erases a session. */
  @POST
  @Path(ID + ":erase")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "eraseSession",
      summary =
          "Destroys the keys of a session that has ended; answers when that is durably asked for, and"
              + " says so again when it was done before; needs administer")
  public Erasures.Answer erase(@PathParam("id") String id, Erasures.@Nullable Erasing erasing) {
    Principal by = caller.principal();
    Powers.require(by, "administer");
    String reason = Erasures.reason(erasing == null ? null : erasing.reason());
    return erasures.erase(Set.of(Erasures.session(id)), "", by, reason);
  }

  /** The metadata alone. */
  private static OperationView hidden(OperationView o) {
    return new OperationView(
        o.id(),
        o.session(),
        o.seq(),
        o.position(),
        o.at(),
        o.micros(),
        o.decision(),
        o.effects(),
        o.rule(),
        o.reason(),
        "",
        List.of(),
        o.digest(),
        o.approval(),
        o.replaces(),
        o.byEdge(),
        o.state(),
        o.status(),
        o.tag(),
        o.rows(),
        o.bytes(),
        o.duration());
  }
}
