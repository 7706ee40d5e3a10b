package countersign.view.configuration;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.Context;
import countersign.approval.HeldOperation;
import countersign.duty.Rule;
import countersign.identity.Principal;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.EdgeId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Events as the edge and the approval write them. */
final class Fixtures {
  static final Instant T0 = Instant.parse("2026-11-21T02:00:00.123456Z");

  private Fixtures() {}

  static Principal human(String name, String... groups) {
    return new Principal(
        List.of(
            new Principal.Hop(
                name, name, Principal.Kind.human, Set.of(groups), "", "iss", name, "")),
        Set.of(),
        false,
        T0.plusSeconds(900));
  }

  static Principal agent(String name, String owner) {
    return new Principal(
        List.of(
            new Principal.Hop(
                name, name, Principal.Kind.agent, Set.of("ai-agents"), owner, "iss", name, "")),
        Set.of(),
        false,
        T0.plusSeconds(900));
  }

  static SessionEvent.Opened opened(SessionId session, Principal principal) {
    return new SessionEvent.Opened(
        session,
        EdgeId.next(),
        "postgres",
        "statement",
        principal,
        "orders",
        "orders",
        "app",
        "127.0.0.1:50000",
        "psql");
  }

  static SessionEvent.OperationDecided decided(
      SessionId session,
      OperationId operation,
      DecisionKind kind,
      ApprovalId approval,
      OperationId replaces,
      String text,
      String... binds) {
    return new SessionEvent.OperationDecided(
        session,
        operation,
        kind,
        Set.of(Effect.destroy, Effect.change),
        7,
        "ab".repeat(32),
        approval,
        replaces,
        false,
        text,
        Arrays.asList(binds),
        Facts.NONE,
        "ai/2",
        "because");
  }

  static SessionEvent.OperationCompleted completed(SessionId session, OperationId operation) {
    return new SessionEvent.OperationCompleted(
        session, operation, "ok", "00000", 1, 42, 1_500, "DELETE 1");
  }

  static SessionEvent.SegmentRecorded segment(SessionId session, long number) {
    return new SessionEvent.SegmentRecorded(
        session,
        number,
        number * 10,
        10,
        number * 100,
        100,
        number * 5,
        number * 5 + 4,
        new byte[1]);
  }

  static ApprovalEvent.Requested requested(
      ApprovalId id, SessionId session, OperationId operation, Principal principal) {
    return new ApprovalEvent.Requested(
        id,
        session,
        T0,
        T0.plusSeconds(900),
        null,
        new HeldOperation(
            session,
            operation,
            "ab".repeat(32),
            7,
            principal,
            "postgres",
            "orders",
            "orders",
            "app",
            "delete from payments where id = 1",
            Arrays.asList("1", null),
            Set.of(Effect.change, Effect.destroy),
            "ai/2",
            new Rule.Hold(
                Set.of("approvers"),
                2,
                Duration.ofMinutes(15),
                Rule.Wait.stream,
                false,
                Duration.ofSeconds(60)),
            "destroying needs a second person",
            "cleaning up",
            false,
            true,
            "AA==",
            new Context(
                "OPS-4711", List.of("public.payments"), List.of("payments"), 42L, "Seq Scan")));
  }
}
