package countersign.api.approvals;

import countersign.api.access.Caller;
import countersign.api.access.Commands;
import countersign.api.access.Paging;
import countersign.api.access.Stages;
import countersign.api.access.Visibility;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.approval.Context;
import countersign.identity.Principal;
import countersign.port.Proposals;
import countersign.view.ApprovalView;
import countersign.view.Page;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Held operations and the answers of people. */
@Path("/api/v1/approvals")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "approvals")
public class ApprovalsResource {
  private static final int LONGEST_REASON = 1_000;
  private static final int LONGEST_TEXT = 1 << 20;
  private static final String ID = "{id:[A-Za-z0-9_-]+}";

  private final Views views;
  private final Visibility visibility;
  private final Caller caller;
  private final Commands commands;
  private final Answering answering;
  private final Proposals proposals;

  /** Answers from these. */
  @Inject
  public ApprovalsResource(
      Views views,
      Visibility visibility,
      Caller caller,
      Commands commands,
      Answering answering,
      Proposals proposals) {
    this.views = views;
    this.visibility = visibility;
    this.caller = caller;
    this.commands = commands;
    this.answering = answering;
    this.proposals = proposals;
  }

  /** A person's no. */
  public record Denial(@Nullable String reason) {}

  /** Another text. */
  public record Modification(@Nullable String text) {}

  /** Lists approvals. */
  @GET
  @Operation(operationId = "approvals", summary = "Approvals you may see, newest first")
  public Page<ApprovalView> list(
      @QueryParam("state") @Nullable String state,
      @QueryParam("session") @Nullable String session,
      @QueryParam("target") @Nullable String target,
      @QueryParam("principal") @Nullable String principal,
      @BeanParam Paging paging) {
    Map<String, String> filter = Paging.filter("state", state);
    filter.putAll(Paging.filter("session", session));
    filter.putAll(Paging.filter("target", target));
    filter.putAll(Paging.filter("principal", principal));
    Principal by = caller.principal();
    Page<ApprovalView> page =
        Stages.await(views.approvals(visibility.narrow(by, filter), paging.request()));
    return new Page<>(
        page.items().stream()
            .map(approval -> visibility.involved(by, approval) ? approval : hidden(approval))
            .toList(),
        page.next());
  }

  /** One approval. */
  @GET
  @Path(ID)
  @Operation(
      operationId = "approval",
      summary = "One approval; its text is shown to who may open content")
  public ApprovalView one(
      @PathParam("id") String id, @QueryParam("purpose") @DefaultValue("") String purpose) {
    Principal by = caller.principal();
    ApprovalView approval = visibility.approval(by, id);
    if (!visibility.mayRead(by, approval, purpose)) {
      return hidden(approval);
    }
    if (!visibility.involved(by, approval)) {
      commands.openContent(by, approval.session(), "approval", purpose);
    }
    return approval;
  }

  /** Lets it run. */
  @POST
  @Path(ID + ":approve")
  @Operation(operationId = "approve", summary = "Lets the operation run as it is")
  public ApprovalView approve(@PathParam("id") String id) {
    return answer(id, new ApprovalCommand.Approve(new ApprovalId(id), caller.principal()));
  }

  /** Refuses it. */
  @POST
  @Path(ID + ":deny")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "deny", summary = "Refuses it, with words for the caller")
  public ApprovalView deny(@PathParam("id") String id, @Nullable Denial denial) {
    String reason = denial == null || denial.reason() == null ? "" : denial.reason().strip();
    if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason: " + reason.length() + " characters (expected: 1 to " + LONGEST_REASON + ")");
    }
    return answer(id, new ApprovalCommand.Deny(new ApprovalId(id), caller.principal(), reason));
  }

  /** Lets another text run. */
  @POST
  @Path(ID + ":modify")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "modify", summary = "Lets another text run in its place")
  public ApprovalView modify(@PathParam("id") String id, @Nullable Modification other) {
    String text = other == null || other.text() == null ? "" : other.text();
    if (text.isBlank() || text.length() > LONGEST_TEXT || text.indexOf('\u0000') >= 0) {
      throw new IllegalArgumentException(
          "text: "
              + text.length()
              + " characters (expected: 1 to "
              + LONGEST_TEXT
              + ", not blank, without U+0000)");
    }
    requireFit(id, text);
    return answer(id, new ApprovalCommand.Modify(new ApprovalId(id), caller.principal(), text));
  }

  /**
   * Asks the edge that holds the operation, for whoever may answer at all; whether he may is
   * decided with the answer itself.
   */
  private void requireFit(String id, String text) {
    Principal by = caller.principal();
    ApprovalView approval = visibility.approval(by, id);
    boolean asked = approval.by().stream().anyMatch(by.acting().groups()::contains);
    if (!asked || !approval.state().equals("pending") || approval.people().contains(by.name())) {
      return;
    }
    Stages.await(proposals.propose(new ApprovalId(id), text))
        .ifPresent(why -> {
          throw new ProblemException(Problem.Kind.modifyShape, "text: " + why);
        });
  }

  /** Takes it back. */
  @POST
  @Path(ID + ":withdraw")
  @Operation(operationId = "withdraw", summary = "Takes your own request back")
  public ApprovalView withdraw(@PathParam("id") String id) {
    return answer(id, new ApprovalCommand.WithdrawByCaller(new ApprovalId(id), caller.principal()));
  }

  private ApprovalView answer(String id, ApprovalCommand.FromPerson command) {
    ApprovalView before = visibility.approval(caller.principal(), id);
    return answering.answer(before, command);
  }

  /** The metadata alone. */
  private static ApprovalView hidden(ApprovalView a) {
    return new ApprovalView(
        a.id(),
        a.state(),
        a.session(),
        a.operation(),
        a.principal(),
        a.chain(),
        a.people(),
        a.protocol(),
        a.target(),
        a.database(),
        a.role(),
        "",
        List.of(),
        a.effects(),
        a.rule(),
        a.why(),
        "",
        Context.NONE,
        a.digest(),
        a.by(),
        a.quorum(),
        a.waiting(),
        a.inTransaction(),
        a.modifiable(),
        null,
        a.answers(),
        a.refusedAttempts(),
        a.requestedAt(),
        a.expiresAt(),
        a.endedAt());
  }
}
