package countersign.approval.write;

import static countersign.approval.write.Fixtures.ADA;
import static countersign.approval.write.Fixtures.ALICE;
import static countersign.approval.write.Fixtures.BOB;
import static countersign.approval.write.Fixtures.CAROL;
import static countersign.approval.write.Fixtures.ERIN;
import static countersign.approval.write.Fixtures.NOW;
import static countersign.approval.write.Fixtures.RULEBOOK;
import static countersign.approval.write.Fixtures.held;
import static countersign.approval.write.Fixtures.human;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.approval.ApprovalRefused;
import countersign.approval.Context;
import countersign.approval.HeldOperation;
import countersign.approval.write.approve.Approve;
import countersign.approval.write.deny.Deny;
import countersign.approval.write.expire.Expire;
import countersign.approval.write.modify.Modify;
import countersign.approval.write.requestapproval.RequestApproval;
import countersign.approval.write.use.Use;
import countersign.approval.write.withdraw.Withdraw;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Given events, when a command, then events or a refusal: no framework, no clock, no store. */
final class ApprovalTest {
  private static final ApprovalId ID = new ApprovalId("apr-7k2m9xw4c8tn5rbj");
  private static final HeldOperation ONE = held(1);
  private static final HeldOperation TWO = held(2);
  private static final Instant DUE = NOW.plus(Duration.ofMinutes(15));
  private static final String OTHER = "delete from payments where id = 2";

  private static ApprovalEvent requested(HeldOperation held) {
    return new ApprovalEvent.Requested(ID, held.session(), NOW, DUE, null, held);
  }

  private static ApprovalEvent approved(HeldOperation held, Principal by, boolean complete) {
    return new ApprovalEvent.Approved(ID, held.session(), NOW, complete, by);
  }

  private static ApprovalEvent modified(HeldOperation held, Principal by, boolean complete) {
    return new ApprovalEvent.Modified(ID, held.session(), NOW, complete, by, OTHER);
  }

  private static ApprovalEvent used(HeldOperation held) {
    return new ApprovalEvent.Used(ID, held.session(), NOW, held.operation(), held.digest());
  }

  private static Decided when(List<ApprovalEvent> given, ApprovalCommand command) {
    return when(given, command, NOW, RULEBOOK);
  }

  private static Decided when(
      List<ApprovalEvent> given, ApprovalCommand command, Instant now, Rulebook rulebook) {
    Approval state = Approval.NONE;
    for (ApprovalEvent event : given) {
      state = Approval.evolve(state, event);
    }
    Situation at = new Situation(now, rulebook);
    return switch (command) {
      case ApprovalCommand.Request c -> RequestApproval.decide(state, c, at);
      case ApprovalCommand.Approve c -> Approve.decide(state, c, at);
      case ApprovalCommand.Deny c -> Deny.decide(state, c, at);
      case ApprovalCommand.Modify c -> Modify.decide(state, c, at);
      case ApprovalCommand.Use c -> Use.decide(state, c, at);
      case ApprovalCommand.Expire c -> Expire.decide(state, c, at);
      case ApprovalCommand.Withdraw c -> Withdraw.decide(state, c, at);
      case ApprovalCommand.WithdrawByCaller c -> Withdraw.decideByCaller(state, c, at);
    };
  }

  private static ApprovalCommand approve(Principal by) {
    return new ApprovalCommand.Approve(ID, by);
  }

  private static ApprovalCommand use(HeldOperation held, String digest) {
    return new ApprovalCommand.Use(ID, held.operation(), digest);
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        Arguments.of(
            "a request",
            List.of(),
            new ApprovalCommand.Request(ID, ONE, DUE, null),
            requested(ONE)),
        Arguments.of(
            "one yes of one", List.of(requested(ONE)), approve(BOB), approved(ONE, BOB, true)),
        Arguments.of(
            "one yes of two", List.of(requested(TWO)), approve(BOB), approved(TWO, BOB, false)),
        Arguments.of(
            "two of two",
            List.of(requested(TWO), approved(TWO, BOB, false)),
            approve(CAROL),
            approved(TWO, CAROL, true)),
        Arguments.of(
            "a no",
            List.of(requested(TWO), approved(TWO, BOB, false)),
            new ApprovalCommand.Deny(ID, CAROL, "no"),
            new ApprovalEvent.Denied(ID, TWO.session(), NOW, CAROL, "no")),
        Arguments.of(
            "a no after all said yes and before it ran",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            new ApprovalCommand.Deny(ID, CAROL, "no"),
            new ApprovalEvent.Denied(ID, ONE.session(), NOW, CAROL, "no")),
        Arguments.of(
            "another text, complete with the modifier alone",
            List.of(requested(ONE)),
            new ApprovalCommand.Modify(ID, BOB, OTHER),
            modified(ONE, BOB, true)),
        Arguments.of(
            "another text asks the first approver again",
            List.of(requested(TWO), approved(TWO, BOB, false), modified(TWO, CAROL, false)),
            approve(BOB),
            approved(TWO, BOB, true)),
        Arguments.of(
            "use of what was held",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            use(ONE, ONE.digest()),
            used(ONE)),
        Arguments.of(
            "use of what was modified",
            List.of(requested(ONE), modified(ONE, BOB, true)),
            use(ONE, ONE.digestOf(OTHER)),
            new ApprovalEvent.Used(ID, ONE.session(), NOW, ONE.operation(), ONE.digestOf(OTHER))),
        Arguments.of(
            "withdrawn by the edge",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            new ApprovalCommand.Withdraw(ID, "cancelled"),
            new ApprovalEvent.Withdrawn(ID, ONE.session(), NOW, "cancelled")),
        Arguments.of(
            "withdrawn by the agent itself",
            List.of(requested(ONE)),
            new ApprovalCommand.WithdrawByCaller(ID, ADA),
            new ApprovalEvent.Withdrawn(ID, ONE.session(), NOW, "by agent-ada")),
        Arguments.of(
            "withdrawn by the agent's owner",
            List.of(requested(ONE)),
            new ApprovalCommand.WithdrawByCaller(ID, ALICE),
            new ApprovalEvent.Withdrawn(ID, ONE.session(), NOW, "by alice")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void takes(String name, List<ApprovalEvent> given, ApprovalCommand command, ApprovalEvent then) {
    assertThat(when(given, command)).isEqualTo(Decided.to(then));
  }

  static Stream<Arguments> refused() {
    ApprovalEvent denied = new ApprovalEvent.Denied(ID, ONE.session(), NOW, BOB, "no");
    ApprovalEvent expired = new ApprovalEvent.Expired(ID, ONE.session(), NOW);
    ApprovalEvent withdrawn = new ApprovalEvent.Withdrawn(ID, ONE.session(), NOW, "left");
    List<ApprovalEvent> usedUp = List.of(requested(ONE), approved(ONE, BOB, true), used(ONE));
    return Stream.of(
        Arguments.of("an unknown id", List.of(), approve(BOB), ApprovalRefused.Kind.notFound),
        Arguments.of(
            "a second answer",
            List.of(requested(TWO), approved(TWO, BOB, false)),
            approve(BOB),
            ApprovalRefused.Kind.answered),
        Arguments.of(
            "more answers than needed",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            approve(CAROL),
            ApprovalRefused.Kind.answered),
        Arguments.of(
            "a change after all said yes",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            new ApprovalCommand.Modify(ID, CAROL, OTHER),
            ApprovalRefused.Kind.answered),
        Arguments.of(
            "an answer after a no",
            List.of(requested(ONE), denied),
            approve(BOB),
            ApprovalRefused.Kind.ended),
        Arguments.of(
            "an answer after its time",
            List.of(requested(ONE), expired),
            approve(BOB),
            ApprovalRefused.Kind.ended),
        Arguments.of(
            "an answer after it was withdrawn",
            List.of(requested(ONE), withdrawn),
            approve(BOB),
            ApprovalRefused.Kind.ended),
        Arguments.of("an answer after its use", usedUp, approve(CAROL), ApprovalRefused.Kind.ended),
        Arguments.of("a second use", usedUp, use(ONE, ONE.digest()), ApprovalRefused.Kind.ended),
        Arguments.of(
            "a withdrawal after its use",
            usedUp,
            new ApprovalCommand.Withdraw(ID, "x"),
            ApprovalRefused.Kind.ended),
        Arguments.of(
            "use without answers",
            List.of(requested(ONE)),
            use(ONE, ONE.digest()),
            ApprovalRefused.Kind.pending),
        Arguments.of(
            "use with half the answers",
            List.of(requested(TWO), approved(TWO, BOB, false)),
            use(TWO, TWO.digest()),
            ApprovalRefused.Kind.pending),
        Arguments.of(
            "use of something else",
            List.of(requested(ONE), approved(ONE, BOB, true)),
            use(ONE, ONE.digestOf(OTHER)),
            ApprovalRefused.Kind.digestMismatch),
        Arguments.of(
            "use of the old text after a change",
            List.of(requested(ONE), modified(ONE, BOB, true)),
            use(ONE, ONE.digest()),
            ApprovalRefused.Kind.digestMismatch),
        Arguments.of(
            "a change to nothing",
            List.of(requested(ONE)),
            new ApprovalCommand.Modify(ID, BOB, "  "),
            ApprovalRefused.Kind.notModifiable),
        Arguments.of(
            "a text that a message cannot hold",
            List.of(requested(ONE)),
            new ApprovalCommand.Modify(ID, BOB, "select 1\0; drop"),
            ApprovalRefused.Kind.notModifiable),
        Arguments.of(
            "another request under the id",
            List.of(requested(ONE)),
            new ApprovalCommand.Request(ID, TWO, DUE, null),
            ApprovalRefused.Kind.ended));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refuses(
      String name, List<ApprovalEvent> given, ApprovalCommand command, ApprovalRefused.Kind kind) {
    Decided decided = when(given, command);
    assertThat(decided.events()).isEmpty();
    assertThat(decided.refusal()).isNotNull();
    assertThat(decided.refusal().kind()).isEqualTo(kind);
  }

  static Stream<Arguments> notEligible() {
    Principal bobForAda =
        new Principal(
            List.of(
                BOB.acting(), Fixtures.hop("agent-bot", Principal.Kind.agent, "approvers", "bob")),
            Set.of(),
            true,
            DUE);
    Principal delegatedBob = new Principal(BOB.chain(), Set.of(), true, DUE);
    return Stream.of(
        Arguments.of("the agent that asks", ADA),
        Arguments.of("the agent's owner", ALICE),
        Arguments.of("an administrator", ERIN),
        Arguments.of("a person of another group", human("dora", "engineers")),
        Arguments.of("an agent of an approver", bobForAda),
        Arguments.of("an approver's delegated token", delegatedBob));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notEligible")
  void recordsTheAttemptOfWhoMayNotAnswer(String name, Principal by) {
    for (ApprovalCommand command :
        List.of(
            approve(by),
            new ApprovalCommand.Deny(ID, by, "no"),
            new ApprovalCommand.Modify(ID, by, OTHER))) {
      Decided decided = when(List.of(requested(ONE)), command);
      assertThat(decided.refusal()).isNotNull();
      assertThat(decided.refusal().kind()).isEqualTo(ApprovalRefused.Kind.notEligible);
      assertThat(decided.events())
          .singleElement()
          .isInstanceOfSatisfying(
              ApprovalEvent.AttemptRefused.class,
              attempt -> {
                assertThat(attempt.by()).isEqualTo(by);
                assertThat(attempt.reason()).isEqualTo(decided.refusal().getMessage());
                assertThat(attempt.session()).isEqualTo(ONE.session());
              });
    }
  }

  @Test
  void countsLinkedAccountsAndSharedAddressesAsOnePerson() {
    Principal.Hop second = Fixtures.hop("bob-2", Principal.Kind.human, "approvers", "");
    Principal linked = new Principal(List.of(second), Set.of(), false, DUE);
    Rulebook link =
        new Rulebook(
            0,
            Map.of(),
            Map.of(),
            List.of(
                new Rulebook.Person(
                    "bob",
                    List.of(
                        new Rulebook.Account(BOB.acting().issuer(), BOB.acting().subject()),
                        new Rulebook.Account(second.issuer(), second.subject())))),
            List.of(),
            Map.of());
    List<ApprovalEvent> halfWay = List.of(requested(TWO), approved(TWO, BOB, false));
    assertThat(when(halfWay, approve(linked), NOW, link).refusal().kind())
        .isEqualTo(ApprovalRefused.Kind.answered);

    Principal sameAddress =
        new Principal(
            List.of(
                new Principal.Hop(
                    "robert",
                    "robert",
                    Principal.Kind.human,
                    Set.of("approvers"),
                    "",
                    "https://other.test",
                    "42",
                    "BOB@example.test")),
            Set.of(),
            false,
            DUE);
    assertThat(when(halfWay, approve(sameAddress)).refusal().kind())
        .isEqualTo(ApprovalRefused.Kind.answered);
  }

  @Test
  void asksAgainAtUseWhoMayAnswer() {
    // Meanwhile somebody declared that bob and the agent's owner are one person.
    Rulebook now =
        new Rulebook(
            7,
            RULEBOOK.duties(),
            Map.of(),
            List.of(
                new Rulebook.Person(
                    "alice",
                    List.of(new Rulebook.Account(BOB.acting().issuer(), BOB.acting().subject())))),
            RULEBOOK.agents(),
            Map.of());
    Decided decided =
        when(List.of(requested(ONE), approved(ONE, BOB, true)), use(ONE, ONE.digest()), NOW, now);
    assertThat(decided.events()).isEmpty();
    assertThat(decided.refusal().kind()).isEqualTo(ApprovalRefused.Kind.pending);
  }

  @Test
  void takesSilenceForNoAtTheMomentItIsDueAndNotBefore() {
    ApprovalEvent expired = new ApprovalEvent.Expired(ID, ONE.session(), DUE);
    List<ApprovalEvent> ready = List.of(requested(ONE), approved(ONE, BOB, true));
    Instant before = DUE.minusNanos(1_000);

    assertThat(when(ready, new ApprovalCommand.Expire(ID), before, RULEBOOK))
        .isEqualTo(Decided.nothing());
    assertThat(when(ready, new ApprovalCommand.Expire(ID), DUE, RULEBOOK))
        .isEqualTo(Decided.to(expired));
    assertThat(when(ready, use(ONE, ONE.digest()), before, RULEBOOK).refusal()).isNull();

    Decided late = when(ready, use(ONE, ONE.digest()), DUE, RULEBOOK);
    assertThat(late.events()).containsExactly(expired);
    assertThat(late.refusal().kind()).isEqualTo(ApprovalRefused.Kind.ended);
  }

  @Test
  void neverWaitsLongerThanTheRuleAllows() {
    Decided decided =
        when(List.of(), new ApprovalCommand.Request(ID, ONE, DUE.plus(Duration.ofDays(1)), null));
    assertThat(decided.events()).containsExactly(requested(ONE));
  }

  @Test
  void takesTheSameRequestTwiceAsOne() {
    assertThat(when(List.of(requested(ONE)), new ApprovalCommand.Request(ID, ONE, DUE, null)))
        .isEqualTo(Decided.nothing());
  }

  @Test
  void recordsAHundredRefusedAttemptsAndNoMore() {
    List<ApprovalEvent> given =
        Stream.concat(
                Stream.of(requested(ONE)),
                Stream.generate(() ->
                        (ApprovalEvent)
                            new ApprovalEvent.AttemptRefused(
                                ID, ONE.session(), NOW, ADA, "approve", "no"))
                    .limit(100))
            .toList();
    Decided decided = when(given, approve(ADA));
    assertThat(decided.events()).isEmpty();
    assertThat(decided.refusal().kind()).isEqualTo(ApprovalRefused.Kind.notEligible);
    assertThat(when(given, approve(BOB)).events()).hasSize(1);
  }

  @Test
  void leavesATextAloneThatCannotBeChanged() {
    HeldOperation fixed =
        new HeldOperation(
            ONE.session(),
            OperationId.next(),
            ONE.digest(),
            0,
            ADA,
            "postgres",
            "orders",
            "orders",
            "app",
            ONE.text(),
            List.of("1"),
            ONE.effects(),
            ONE.rule(),
            ONE.hold(),
            "",
            "",
            false,
            false,
            "",
            Context.NONE);
    assertThat(
            when(List.of(requested(fixed)), new ApprovalCommand.Modify(ID, BOB, OTHER))
                .refusal()
                .kind())
        .isEqualTo(ApprovalRefused.Kind.notModifiable);
  }
}
