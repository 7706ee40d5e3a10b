package countersign.deciding;

import static countersign.deciding.Given.agent;
import static countersign.deciding.Given.allow;
import static countersign.deciding.Given.chain;
import static countersign.deciding.Given.duty;
import static countersign.deciding.Given.human;
import static countersign.deciding.Given.rulebook;
import static countersign.target.Target.Recording.buffered;
import static countersign.target.Target.Recording.statement;
import static countersign.target.Target.Recording.strict;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.target.Target;
import countersign.target.Target.Recording;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LossContractTest {
  private static final Principal BOTH =
      chain(agent("ada", "alice", "ai"), human("alice", "people"));

  private static Duty asks(String name, String group, @Nullable Recording recording) {
    Duty said = duty(name, group, allow(Effect.read));
    return new Duty(
        said.name(), said.groups(), said.targets(), said.rules(), said.unmask(), recording);
  }

  private static Recording of(Recording target, Duty... duties) {
    Target orders = Given.target("orders");
    Target other =
        new Target(
            orders.name(),
            orders.type(),
            orders.host(),
            orders.port(),
            orders.database(),
            orders.tls(),
            orders.listen(),
            orders.credential(),
            new Target.Protection(List.of(), target));
    return LossContract.of(rulebook(other, duties), BOTH, other);
  }

  @Test
  void readsAreLostOnlyWhereEveryDutyNamesIt() {
    assertThat(of(statement, asks("a", "ai", buffered))).isEqualTo(buffered);
    assertThat(of(buffered, asks("a", "ai", buffered))).isEqualTo(buffered);
    assertThat(of(buffered)).isEqualTo(statement);
    assertThat(of(buffered, asks("a", "ai", null))).isEqualTo(statement);
    assertThat(of(statement, asks("a", "ai", buffered), asks("b", "ai", null)))
        .isEqualTo(statement);
  }

  @Test
  void dutiesOfEverybodyInTheChainCount() {
    assertThat(of(statement, asks("a", "ai", buffered), asks("b", "people", null)))
        .isEqualTo(statement);
    assertThat(of(statement, asks("a", "ai", buffered), asks("b", "people", strict)))
        .isEqualTo(strict);
    assertThat(of(statement, asks("a", "ai", buffered), asks("b", "strangers", strict)))
        .isEqualTo(buffered);
  }

  @Test
  void theStrictestCounts() {
    assertThat(of(strict, asks("a", "ai", buffered))).isEqualTo(strict);
    assertThat(of(statement, asks("a", "ai", strict), asks("b", "ai", buffered))).isEqualTo(strict);
    assertThat(of(statement)).isEqualTo(statement);
    assertThat(of(strict)).isEqualTo(strict);
  }
}
