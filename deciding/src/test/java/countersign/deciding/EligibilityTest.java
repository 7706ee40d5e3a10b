package countersign.deciding;

import static countersign.deciding.Given.NOW;
import static countersign.deciding.Given.agent;
import static countersign.deciding.Given.by;
import static countersign.deciding.Given.chain;
import static countersign.deciding.Given.held;
import static countersign.deciding.Given.human;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.HeldOperation;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.identity.Principal.Hop;
import countersign.identity.Principal.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EligibilityTest {
  private static final Hop ALICE = account("alice", "alice", "a1", "alice@acme.example");
  private static final Hop ADA = agent("agent-ada", "alice", "ai-agents");
  private static final Hop BOB = account("bob", "bob", "b1", "bob@acme.example");
  private static final Principal CHAIN = chain(ALICE, ADA, agent("agent-bot", "", "ai-agents"));

  private static final Rulebook RULEBOOK =
      new Rulebook(
          1,
          Map.of(),
          Map.of(),
          List.of(
              new Rulebook.Person(
                  "alice",
                  List.of(
                      new Rulebook.Account("https://idp", "a1"),
                      new Rulebook.Account("https://other", "a2")))),
          List.of(
              new Rulebook.Agent("agent-cat", "bob"),
              new Rulebook.Agent("agent-kit", "agent-cat"),
              new Rulebook.Agent("agent-bot", "carol")),
          Map.of("administer", Set.of("admins")));

  private static Hop account(String name, String person, String subject, String email) {
    return new Hop(
        name, person, Kind.human, Set.of("approvers"), "", "https://idp", subject, email);
  }

  private static Optional<String> refusal(Principal asking, Hop... approver) {
    return Eligibility.refusal(RULEBOOK, held(asking, by("approvers")), chain(approver));
  }

  @Test
  void letsAPersonOfTheAskedGroupWhoHasNoPartInIt() {
    assertThat(refusal(CHAIN, BOB)).isEmpty();
    assertThat(refusal(chain(ADA), BOB)).isEmpty();
  }

  @Test
  void refusesWhoeverAsked() {
    assertThat(refusal(chain(ALICE), ALICE))
        .hasValue("alice asked for it (alice, same account): nobody approves their own");
  }

  @Test
  void refusesEverybodyInTheChain() {
    assertThat(refusal(CHAIN, ALICE))
        .hasValue(
            "alice is in the chain (alice → agent-ada → agent-bot, same account): nobody approves"
                + " their own");
  }

  @Test
  void refusesTheSameNameFromAnotherIssuer() {
    Hop namesake =
        new Hop("alice", "alice-2", Kind.human, Set.of("approvers"), "", "https://evil", "zzz", "");
    assertThat(refusal(CHAIN, namesake)).get().asString().contains("same name");
  }

  @Test
  void refusesALinkedAccountOfSomebodyInTheChain() {
    Hop second =
        new Hop(
            "al", "al", Kind.human, Set.of("approvers"), "", "https://other", "a2", "x@y.example");
    assertThat(refusal(CHAIN, second)).get().asString().contains("same person");
    Hop stranger =
        new Hop("al", "al", Kind.human, Set.of("approvers"), "", "https://other", "a3", "");
    assertThat(refusal(CHAIN, stranger)).isEmpty();
  }

  @Test
  void refusesAnAccountThatTheIdentityProviderLinksToTheSamePerson() {
    assertThat(refusal(CHAIN, account("alice-admin", "alice", "a9", ""))).isPresent();
  }

  @Test
  void refusesAnAccountWithTheSameVerifiedEmailWhateverItsCase() {
    assertThat(refusal(CHAIN, account("al", "al", "a9", "Alice@ACME.example")))
        .get()
        .asString()
        .contains("same verified e-mail address");
    assertThat(refusal(chain(account("x", "x", "x1", "")), account("y", "y", "y1", ""))).isEmpty();
  }

  @Test
  void refusesTheOwnerOfAnAgentInTheChain() {
    assertThat(refusal(chain(ADA), ALICE))
        .hasValue(
            "alice owns agent-ada (agent-ada): the owner of an agent in the chain does not"
                + " approve");
    assertThat(refusal(CHAIN, account("carol", "carol", "c1", "")))
        .get()
        .asString()
        .contains("owns agent-bot");
    assertThat(refusal(chain(agent("agent-cat", "", "ai-agents")), BOB)).isPresent();
  }

  @Test
  void refusesTheOwnerUnderALinkedAccountAndBehindAnAgentThatOwnsAnAgent() {
    Hop linked =
        new Hop("al", "al", Kind.human, Set.of("approvers"), "", "https://other", "a2", "");
    assertThat(refusal(chain(ADA), linked)).get().asString().contains("al owns agent-ada");
    assertThat(refusal(chain(agent("agent-kit", "", "ai-agents")), BOB)).isPresent();
  }

  @Test
  void refusesAgentsPipelinesAndDelegatedTokens() {
    assertThat(refusal(chain(ALICE), agent("agent-dog", "dave", "approvers")))
        .hasValue("agent-dog is an agent: only people approve");
    Hop pipeline =
        new Hop("ci", "ci", Kind.pipeline, Set.of("approvers"), "", "https://idp", "ci", "");
    assertThat(refusal(chain(ALICE), pipeline)).get().asString().contains("pipeline");
    // Declared an agent here, whatever the token says.
    Hop disguised =
        new Hop(
            "agent-cat", "agent-cat", Kind.human, Set.of("approvers"), "", "https://idp", "k", "");
    assertThat(refusal(chain(ALICE), disguised)).get().asString().contains("is an agent");
    assertThat(refusal(chain(ALICE), human("dave", "approvers"), BOB))
        .get()
        .asString()
        .contains("the token is delegated (dave → bob)");
    Principal acting = new Principal(List.of(BOB), Set.of(), true, NOW);
    assertThat(Eligibility.refusal(RULEBOOK, held(chain(ALICE), by("approvers")), acting))
        .get()
        .asString()
        .contains("delegated");
  }

  @Test
  void refusesWhoeverIsOutsideTheAskedGroupsAdministratorsAsWell() {
    Principal erin =
        new Principal(List.of(human("erin", "admins")), Set.of("administer"), false, NOW);
    assertThat(Eligibility.refusal(RULEBOOK, held(CHAIN, by("approvers", "dba")), erin))
        .hasValue("erin is not in approvers or dba, who are asked");
  }

  @Test
  void nobodyMayAnswerAHoldThatNamesNobody() {
    assertThat(Eligibility.refusal(RULEBOOK, held(CHAIN, by()), chain(BOB)))
        .hasValue("ai/2 names no group that may approve");
  }

  @Test
  void everySetOfGroupsMustBeSatisfied() {
    Rule.Hold both =
        new Rule.Hold(
            Set.of("approvers"),
            List.of(Set.of("dba", "leads")),
            1,
            Duration.ofMinutes(1),
            Rule.Wait.stream,
            false,
            Duration.ofMinutes(1));
    HeldOperation held = held(CHAIN, both);
    assertThat(Eligibility.refusal(RULEBOOK, held, chain(BOB)))
        .hasValue("bob is not in dba or leads, who are asked");
    assertThat(Eligibility.refusal(RULEBOOK, held, chain(human("dan", "approvers", "leads"))))
        .isEmpty();
  }

  @Test
  void countsLinkedAndSharedMailAccountsAsOnePerson() {
    Hop linked =
        new Hop("al", "al", Kind.human, Set.of("approvers"), "", "https://other", "a2", "");
    assertThat(Eligibility.samePerson(RULEBOOK, chain(ALICE), chain(linked))).isTrue();
    assertThat(
            Eligibility.samePerson(
                RULEBOOK, chain(BOB), chain(account("b", "b", "b2", "bob@acme.example"))))
        .isTrue();
    assertThat(Eligibility.samePerson(RULEBOOK, chain(ALICE), chain(BOB))).isFalse();
  }
}
