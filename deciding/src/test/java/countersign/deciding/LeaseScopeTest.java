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
import static countersign.deciding.Given.target;
import static countersign.deciding.Given.text;
import static countersign.deciding.Given.when;
import static countersign.operation.Effect.change;
import static countersign.operation.Effect.destroy;
import static countersign.operation.Effect.program;
import static countersign.operation.Effect.read;
import static countersign.operation.Effect.session;
import static countersign.operation.Effect.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.target.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseScopeTest {
  private static final Principal ADA = chain(agent("ada", "", "ai"));

  private static List<String> words(Rulebook rulebook, Principal principal) {
    return LeaseScope.of(rulebook, principal, "orders").orElseThrow().hops().stream()
        .map(LeaseScope.Readable::words)
        .toList();
  }

  @Test
  void whoMayOnlyReadHasTheRelationsThatTheRulesName() {
    assertThat(words(rulebook(duty("ai", "ai", allow(read, session))), ADA)).containsExactly("*");
    assertThat(
            words(
                rulebook(
                    duty("ai", "ai", on(allow(read), "public.*", "audit.log")),
                    duty("more", "ai", on(hold(read), "hr.people")),
                    duty("others", "others", allow(read))),
                ADA))
        .containsExactly("audit.log, hr.people, public.*");
    assertThat(words(rulebook(duty("ai", "ai", text(allow(read), "select"))), ADA))
        .containsExactly("nothing");
  }

  @Test
  void whatIsAlwaysBlockedIsNotReadable() {
    assertThat(
            words(
                rulebook(
                    duty(
                        "ai",
                        "ai",
                        allow(read),
                        on(block(read), "hr.*"),
                        when(on(block(read), "public.rates"), "now.getHours() < 8"))),
                ADA))
        .containsExactly("* but not hr.*");
    assertThat(
            words(
                rulebook(
                    target("orders", new Target.Block(Set.of(read), "")),
                    duty("ai", "ai", allow(read))),
                ADA))
        .containsExactly("nothing");
  }

  @Test
  void whoMayWriteOrDoWhatNobodyForeseesHasNoLease() {
    for (var rule : List.of(allow(change), allow(unknown), on(allow(destroy), "public.log"))) {
      assertThat(LeaseScope.of(rulebook(duty("ai", "ai", allow(read), rule)), ADA, "orders"))
          .as("%s", rule)
          .isEmpty();
    }
    assertThat(
            LeaseScope.of(
                rulebook(duty("ai", "ai", allow(read, change), on(hold(change), "public.*"))),
                ADA,
                "orders"))
        .isEmpty();
  }

  @Test
  void whoAsksBeforeItWritesReadsByItself() {
    LeaseScope held =
        LeaseScope.of(rulebook(duty("ai", "ai", allow(read), hold(destroy))), ADA, "orders")
            .orElseThrow();
    assertThat(held.holdsMore()).isTrue();
    assertThat(held.hops().getFirst().words()).isEqualTo("*");
    assertThat(
            LeaseScope.of(
                    rulebook(duty("ai", "ai", allow(read, change), hold(change))), ADA, "orders")
                .orElseThrow()
                .holdsMore())
        .as("hold beats allow")
        .isTrue();
    assertThat(
            LeaseScope.of(rulebook(duty("ai", "ai", allow(read))), ADA, "orders")
                .orElseThrow()
                .holdsMore())
        .isFalse();
  }

  @Test
  void aWriteThatIsBlockedWhateverHappensIsNone() {
    assertThat(words(rulebook(duty("ai", "ai", allow(read, change), block(change))), ADA))
        .containsExactly("*");
    assertThat(
            words(
                rulebook(
                    target("orders", new Target.Block(Set.of(program), "")),
                    duty("ai", "ai", allow(read, program))),
                ADA))
        .containsExactly("*");
    assertThat(
            LeaseScope.of(
                rulebook(
                    duty("ai", "ai", allow(read, change), on(block(change), "public.payments"))),
                ADA,
                "orders"))
        .isEmpty();
  }

  @Test
  void aChainReadsWhatEveryMemberMayAndWritesOnlyWhatEveryMemberMay() {
    Principal both = chain(human("alice", "engineers"), agent("ada", "", "ai"));
    assertThat(
            words(
                rulebook(
                    duty("engineers", "engineers", allow(read, change)),
                    duty("ai", "ai", on(allow(read), "public.*"))),
                both))
        .containsExactly("*", "public.*");
    assertThat(
            LeaseScope.of(
                rulebook(
                    duty("engineers", "engineers", allow(read, change)),
                    duty("ai", "ai", on(allow(read), "public.*"), hold(change))),
                both,
                "orders"))
        .hasValueSatisfying(scope -> assertThat(scope.holdsMore()).isTrue());
    assertThat(
            LeaseScope.of(
                rulebook(
                    duty("engineers", "engineers", allow(read, change)),
                    duty("ai", "ai", allow(change))),
                both,
                "orders"))
        .isEmpty();
  }

  @Test
  void dutiesOnOtherTargetsGiveNothing() {
    Optional<LeaseScope> scope =
        LeaseScope.of(
            rulebook(target("elsewhere"), duty("ai", "ai", allow(read, change))), ADA, "elsewhere");
    assertThat(scope.orElseThrow().hops().getFirst().words()).isEqualTo("nothing");
  }
}
