package countersign.deciding;

import static countersign.deciding.Given.agent;
import static countersign.deciding.Given.allow;
import static countersign.deciding.Given.block;
import static countersign.deciding.Given.chain;
import static countersign.deciding.Given.duty;
import static countersign.deciding.Given.hold;
import static countersign.deciding.Given.human;
import static countersign.deciding.Given.on;
import static countersign.deciding.Given.rulebook;
import static countersign.deciding.Given.saying;
import static countersign.deciding.Given.target;
import static countersign.deciding.Given.terms;
import static countersign.deciding.Given.text;
import static countersign.deciding.Given.when;
import static countersign.operation.Effect.change;
import static countersign.operation.Effect.create;
import static countersign.operation.Effect.destroy;
import static countersign.operation.Effect.privilege;
import static countersign.operation.Effect.program;
import static countersign.operation.Effect.read;
import static countersign.operation.Effect.session;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Rulebook;
import countersign.target.Target;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MayTest {
  private static final Rulebook RULEBOOK =
      rulebook(
          target("orders", new Target.Block(Set.of(program), "ask the platform team")),
          duty(
              "ai",
              "ai",
              allow(read, program, change),
              on(hold(create), "public.*"),
              when(hold(change), "now.getHours() < 8"),
              saying(hold(terms(2, 90, true, "dba", "approvers"), destroy), "mind the backups"),
              block(privilege),
              text(allow(session), "x"),
              allow(privilege)),
          duty("engineers", "engineers", allow(read, change), hold(create, destroy)));

  @Test
  void saysPerEffectWhatIsAllowedHeldAndBlocked() {
    assertThat(May.lines(RULEBOOK, chain(agent("ada", "", "ai")), "orders"))
        .containsExactly(
            "read: allowed (ai/1)",
            "create: held, needs 1 of approvers within 15m on public.* (ai/2)",
            "change: held, needs 1 of approvers within 15m when now.getHours() < 8 (ai/3)",
            "change: allowed (ai/1)",
            "destroy: held, needs 2 of approvers or dba within 1h30m, with a stated reason: mind"
                + " the backups (ai/4)",
            "schema: blocked (no rule of ada allows it)",
            "privilege: blocked (ai/5)",
            "program: blocked for everyone: ask the platform team (orders/protect/1)",
            "session: blocked (no rule of ada allows it)",
            "forward: blocked (no rule of ada allows it)",
            "unknown: blocked (no rule of ada allows it)");
  }

  @Test
  void aChainMayDoWhatEveryMemberMay() {
    Rulebook rulebook =
        rulebook(
            duty("ai", "ai", allow(read, create, change, destroy)),
            duty("engineers", "engineers", allow(read), hold(create), block(destroy)));
    assertThat(
            May.lines(
                rulebook, chain(human("alice", "engineers"), agent("ada", "", "ai")), "orders"))
        .startsWith(
            "read: allowed (engineers/1)",
            "read: allowed (ai/1)",
            "create: held, needs 1 of approvers within 15m (engineers/2)",
            "change: blocked (no rule of alice allows it)",
            "destroy: blocked (engineers/3)");
  }

  @Test
  void oneLineWhereNothingIsOpen() {
    assertThat(May.lines(RULEBOOK, chain(human("bob", "approvers")), "orders"))
        .containsExactly("nothing: no duty of bob gives anything on orders");
    assertThat(May.lines(RULEBOOK, chain(human("bob", "approvers")), "billing"))
        .containsExactly("target: billing (expected: a declared target)");
  }
}
