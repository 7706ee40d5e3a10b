package countersign.approval.write;

import countersign.approval.Context;
import countersign.approval.HeldOperation;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.operation.OperationId;
import countersign.session.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The demo's people and a held delete. */
public final class Fixtures {
  private Fixtures() {}

  public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  public static final Principal ALICE = human("alice", "engineers");
  public static final Principal BOB = human("bob", "approvers");
  public static final Principal CAROL = human("carol", "approvers");
  public static final Principal DAVE = human("dave", "approvers");
  public static final Principal ERIN =
      new Principal(
          List.of(hop("erin", Principal.Kind.human, "admins", "")),
          Set.of("administer"),
          false,
          NOW.plusSeconds(900));
  public static final Principal FRANK =
      new Principal(
          List.of(hop("frank", Principal.Kind.human, "responders", "")),
          Set.of("respond"),
          false,
          NOW.plusSeconds(900));
  public static final Principal ADA =
      new Principal(
          List.of(hop("agent-ada", Principal.Kind.agent, "ai-agents", "alice")),
          Set.of(),
          false,
          NOW.plusSeconds(900));

  public static final Rulebook RULEBOOK =
      new Rulebook(
          0,
          Map.of("ai", new Duty("ai", Set.of("ai-agents"), Set.of("orders"), List.of())),
          Map.of(),
          List.of(),
          List.of(new Rulebook.Agent("agent-ada", "alice")),
          Map.of());

  public static Principal human(String name, String group) {
    return new Principal(
        List.of(hop(name, Principal.Kind.human, group, "")), Set.of(), false, NOW.plusSeconds(900));
  }

  public static Principal.Hop hop(String name, Principal.Kind kind, String group, String owner) {
    return new Principal.Hop(
        name,
        name,
        kind,
        Set.of(group),
        owner,
        "https://issuer.test",
        "sub-" + name,
        kind == Principal.Kind.human ? name + "@example.test" : "");
  }

  public static HeldOperation held(int quorum) {
    return held(SessionId.next(), OperationId.next(), quorum);
  }

  public static HeldOperation held(SessionId session, OperationId operation, int quorum) {
    HeldOperation draft = held(session, operation, quorum, "0");
    return held(session, operation, quorum, draft.digestOf(draft.text()));
  }

  private static HeldOperation held(
      SessionId session, OperationId operation, int quorum, String digest) {
    return new HeldOperation(
        session,
        operation,
        digest,
        0,
        ADA,
        "postgres",
        "orders",
        "orders",
        "app",
        "delete from payments where id = 1",
        List.of(),
        Set.of(Effect.change, Effect.destroy),
        "ai/2",
        new Rule.Hold(
            Set.of("approvers"),
            quorum,
            Duration.ofMinutes(15),
            Rule.Wait.stream,
            false,
            Duration.ofSeconds(60)),
        "deletes need a second person",
        "",
        false,
        true,
        "AA==",
        Context.NONE);
  }
}
