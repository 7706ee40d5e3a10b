package countersign.deciding;

import static countersign.deciding.Given.chain;
import static countersign.deciding.Given.human;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.identity.Principal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A mask is lifted only where everybody in the chain may ask for it, and never without a person.
 */
class UnmaskingTest {
  private static final Unmasking.Column SSN = new Unmasking.Column("public", "people", "ssn");
  private static final Unmasking.Column CARD = new Unmasking.Column("public", "people", "card");
  private static final Decision ALLOWED = new Decision.Allowed("d/1", "allowed");

  private static Duty duty(String name, String group, Set<String> by, String... unmask) {
    Rule hold =
        new Rule(
            Rule.Action.hold,
            Set.of(Effect.destroy),
            Rule.Match.ANYTHING,
            "",
            new Rule.Hold(
                by, 1, Duration.ofMinutes(5), Rule.Wait.stream, false, Duration.ofSeconds(60)),
            "");
    return new Duty(name, Set.of(group), Set.of("orders"), List.of(hold), List.of(unmask), null);
  }

  private static Unmasking.Lift lift(
      Principal principal, Decision decision, Set<Unmasking.Column> columns, Duty... duties) {
    return Unmasking.lift(Given.rulebook(duties), principal, "orders", decision, columns);
  }

  @Test
  void waitsForTheApproversOfTheDutyThatNamesTheColumn() {
    Unmasking.Lift lift =
        lift(
            chain(human("alice", "eng")),
            ALLOWED,
            Set.of(SSN, CARD),
            duty("lifting", "eng", Set.of("approvers"), "people.ssn"));
    assertThat(lift.columns()).containsExactly(SSN);
    assertThat(lift.held().rule()).isEqualTo("lifting/unmask");
    assertThat(lift.held().hold().by()).containsExactly("approvers");
    assertThat(lift.held().reason())
        .isEqualTo("lifts the masks of public.people.ssn: needs 1 of approvers within 5m");
  }

  @Test
  void nobodyLiftsWhatNoDutyOfTheirsNames() {
    Duty lifting = duty("lifting", "eng", Set.of("approvers"), "*.ssn");
    assertThat(lift(chain(human("bob", "other")), ALLOWED, Set.of(SSN), lifting)).isNull();
    assertThat(lift(chain(human("alice", "eng")), ALLOWED, Set.of(CARD), lifting)).isNull();
    assertThat(
            lift(
                chain(human("alice", "eng"), human("bob", "other")),
                ALLOWED,
                Set.of(SSN),
                lifting,
                duty("plain", "other", Set.of("approvers"))))
        .isNull();
  }

  @Test
  void whatIsBlockedStaysBlockedAndWhatIsHeldWaitsForBoth() {
    Duty lifting = duty("lifting", "eng", Set.of("approvers"), "*.ssn");
    Principal alice = chain(human("alice", "eng"));
    assertThat(lift(alice, new Decision.Blocked("d/2", "no", "", ""), Set.of(SSN), lifting))
        .isNull();
    Decision.Held held =
        new Decision.Held(
            "d/1",
            "d/1 holds read",
            new Rule.Hold(
                Set.of("dba"),
                2,
                Duration.ofMinutes(9),
                Rule.Wait.stream,
                false,
                Duration.ofSeconds(60)));
    Unmasking.Lift lift = lift(alice, held, Set.of(SSN), lifting);
    assertThat(lift.held().hold().quorum()).isEqualTo(2);
    assertThat(lift.held().hold().within()).isEqualTo(Duration.ofMinutes(5));
    assertThat(lift.held().hold().andBy()).hasSize(1);
    assertThat(lift.held().reason()).startsWith("d/1 holds read; lifts the masks of ");
  }

  @Test
  void aDutyThatHoldsNothingLiftsNothing() {
    Duty without =
        new Duty("without", Set.of("eng"), Set.of("orders"), List.of(), List.of("*.ssn"), null);
    assertThat(lift(chain(human("alice", "eng")), ALLOWED, Set.of(SSN), without)).isNull();
  }
}
