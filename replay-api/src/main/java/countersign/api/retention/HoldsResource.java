package countersign.api.retention;

import countersign.api.access.Caller;
import countersign.api.access.Commands;
import countersign.api.access.Powers;
import countersign.api.access.Stages;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Principal;
import countersign.retention.HoldId;
import countersign.retention.RetentionCommand;
import countersign.retention.RetentionLedger;
import countersign.session.SessionId;
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
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Legal holds: what must not be erased. */
@Path("/api/v1/holds")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "retention")
public class HoldsResource {
  private final RetentionLedger ledger;
  private final Caller caller;
  private final Commands commands;

  /** Answers from these. */
  @Inject
  public HoldsResource(RetentionLedger ledger, Caller caller, Commands commands) {
    this.ledger = ledger;
    this.caller = caller;
    this.commands = commands;
  }

  /** What to hold: a session or a principal, and why. */
  public record Holding(
      @Nullable String session, @Nullable String principal, @Nullable String reason) {}

  /** Why a hold ends. */
  public record Lifting(@Nullable String reason) {}

  /** A hold; {@code state} is {@code inForce} or {@code lifted}. */
  public record HoldView(
      String id,
      String state,
      @Nullable String session,
      @Nullable String principal,
      String by,
      String reason,
      Instant placedAt,
      @Nullable Instant liftedAt) {}

  /** Lists holds. */
  @GET
  @Operation(operationId = "holds", summary = "Legal holds, oldest first")
  public Page<HoldView> list() {
    Powers.require(caller.principal(), "audit", "administer");
    return new Page<>(all().stream().map(HoldsResource::view).toList(), null);
  }

  /** Places one. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "hold",
      summary = "Forbids to erase a session, or all sessions of a principal; needs audit")
  public HoldView place(@Nullable Holding holding) {
    Principal by = caller.principal();
    Powers.require(by, "audit");
    HoldId id = HoldId.next();
    String session = holding == null ? null : holding.session();
    String principal = holding == null || holding.principal() == null ? "" : holding.principal();
    commands.send(
        new RetentionCommand.PlaceHold(
            id,
            session == null ? null : Erasures.session(session),
            principal,
            by,
            Erasures.reason(holding == null ? null : holding.reason())));
    return one(id);
  }

  /** Lifts one. */
  @POST
  @Path("{id:[0-9A-Za-z-]+}:lift")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "liftHold", summary = "Ends a legal hold; needs audit")
  public HoldView lift(@PathParam("id") String id, @Nullable Lifting lifting) {
    Principal by = caller.principal();
    Powers.require(by, "audit");
    HoldId hold = HoldId.parse(id);
    commands.send(
        new RetentionCommand.LiftHold(
            hold, by, Erasures.reason(lifting == null ? null : lifting.reason())));
    return one(hold);
  }

  private HoldView one(HoldId id) {
    return all().stream()
        .filter(hold -> hold.id().equals(id))
        .map(HoldsResource::view)
        .findFirst()
        .orElseThrow(() -> new ProblemException(Problem.Kind.notFound, "hold: " + id));
  }

  private List<RetentionLedger.Hold> all() {
    return Stages.await(ledger.holds());
  }

  private static HoldView view(RetentionLedger.Hold hold) {
    SessionId session = hold.session();
    return new HoldView(
        hold.id().toString(),
        hold.liftedAt() == null ? "inForce" : "lifted",
        session == null ? null : session.toString(),
        hold.principal().isEmpty() ? null : hold.principal(),
        hold.by(),
        hold.reason(),
        hold.placedAt(),
        hold.liftedAt());
  }
}
