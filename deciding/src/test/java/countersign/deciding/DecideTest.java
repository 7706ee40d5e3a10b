package countersign.deciding;

import static countersign.deciding.Given.NOW;
import static countersign.deciding.Given.agent;
import static countersign.deciding.Given.allow;
import static countersign.deciding.Given.block;
import static countersign.deciding.Given.by;
import static countersign.deciding.Given.chain;
import static countersign.deciding.Given.duty;
import static countersign.deciding.Given.hold;
import static countersign.deciding.Given.human;
import static countersign.deciding.Given.on;
import static countersign.deciding.Given.operation;
import static countersign.deciding.Given.rulebook;
import static countersign.deciding.Given.saying;
import static countersign.deciding.Given.target;
import static countersign.deciding.Given.terms;
import static countersign.deciding.Given.text;
import static countersign.deciding.Given.when;
import static countersign.operation.Effect.change;
import static countersign.operation.Effect.create;
import static countersign.operation.Effect.destroy;
import static countersign.operation.Effect.program;
import static countersign.operation.Effect.read;
import static countersign.operation.Effect.schema;
import static countersign.operation.Effect.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.Operation;
import countersign.target.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecideTest {
  private static final Principal ADA = chain(agent("agent-ada", "alice", "ai"));

  private static Decision decide(Rulebook rulebook, Operation operation) {
    return Decide.decide(rulebook, operation, NOW);
  }

  private static Decision decide(Operation operation, Rule... rules) {
    return decide(rulebook(duty("ai", "ai", rules)), operation);
  }

  @ParameterizedTest(name = "{0} is {1} by {2}")
  @CsvSource({
    "read,           allowed, ai/1",
    "create,         held,    ai/2",
    "create read,    held,    ai/2",
    "change,         held,    ai/2",
    "change destroy, held,    ai/2",
    "destroy,        held,    ai/3",
    "program,        blocked, ai/4",
    "program read,   blocked, ai/4",
    "unknown,        blocked, none",
    "unknown read,   blocked, none",
    "session,        blocked, none",
    "schema,         blocked, none",
    "privilege,      blocked, ai/4",
  })
  void judgesEveryEffectByTheRulesOfTheDuty(String effects, String kind, String rule) {
    Effect[] each =
        java.util.Arrays.stream(effects.split(" ")).map(Effect::valueOf).toArray(Effect[]::new);
    Decision decision =
        decide(
            operation(ADA, "…", each),
            allow(read),
            hold(create, change),
            hold(destroy),
            block(program, Effect.privilege));
    assertThat(decision.kind().name()).isEqualTo(kind);
    assertThat(decision.rule()).isEqualTo(rule);
  }

  @Test
  void blockBeatsHoldBeatsAllowWhateverTheOrder() {
    Operation delete = operation(ADA, "delete", destroy);
    assertThat(decide(delete, allow(destroy), hold(destroy), block(destroy)).rule())
        .isEqualTo("ai/3");
    assertThat(decide(delete, block(destroy), hold(destroy), allow(destroy)).rule())
        .isEqualTo("ai/1");
    assertThat(decide(delete, allow(destroy), hold(destroy)).kind().name()).isEqualTo("held");
    assertThat(decide(delete, hold(destroy), allow(destroy)).kind().name()).isEqualTo("held");
  }

  @Test
  void blocksForEveryoneWhatTheTargetProtects() {
    Rulebook rules =
        rulebook(
            target("orders", new Target.Block(Set.of(program), "ask the platform team")),
            duty("ai", "ai", allow(read, program)));
    assertThat(decide(rules, operation(ADA, "copy … to program", read, program)))
        .isEqualTo(
            new Decision.Blocked(
                "orders/protect/1",
                "orders/protect/1 blocks program for everyone: ask the platform team",
                "",
                ""));
  }

  @Test
  void blocksAnUnknownTarget() {
    Rulebook rules =
        new Rulebook(
            1,
            Map.of("ai", duty("ai", "ai", allow(read))),
            Map.of(),
            List.of(),
            List.of(),
            Map.of());
    assertThat(decide(rules, operation(ADA, "select 1", read)).reason())
        .isEqualTo("target: orders (expected: a declared target)");
  }

  @Test
  void everyHopOfTheChainMustBeAllowed() {
    Principal chain =
        chain(
            human("alice", "engineers"), agent("agent-ada", "alice", "ai"), agent("bot", "", "ai"));
    Duty engineers = duty("engineers", "engineers", allow(read), hold(destroy));
    Duty ai = duty("ai", "ai", allow(read, change), hold(by("dba"), destroy));
    assertThat(decide(rulebook(engineers, ai), operation(chain, "select", read)).kind().name())
        .isEqualTo("allowed");
    assertThat(decide(rulebook(engineers, ai), operation(chain, "update", change)))
        .isInstanceOfSatisfying(
            Decision.Blocked.class,
            blocked -> {
              assertThat(blocked.reason()).isEqualTo("no rule of alice allows change on orders");
              assertThat(blocked.wouldAllow()).isEqualTo("ai");
            });
    assertThat(decide(rulebook(ai), operation(chain, "select", read)).reason())
        .isEqualTo("no duty of alice gives anything on orders");
  }

  @Test
  void holdsOfSeveralHopsAskForApproversWhoSatisfyEach() {
    Principal chain = chain(human("alice", "engineers"), agent("agent-ada", "alice", "ai"));
    Rulebook rules =
        rulebook(
            duty("engineers", "engineers", hold(terms(1, 10, true, "approvers"), destroy)),
            duty("ai", "ai", hold(terms(2, 30, false, "dba"), destroy)));
    Operation asked = operation(chain, "delete", destroy);
    assertThat(decide(rules, asked))
        .isInstanceOfSatisfying(
            Decision.Blocked.class,
            blocked -> {
              assertThat(blocked.reason()).contains("needs a stated reason");
              assertThat(blocked.ask()).contains("SET countersign.reason");
            });
    Operation reasoned =
        new Operation(
            chain,
            "orders",
            "orders",
            "app",
            "delete",
            new byte[0],
            List.of(),
            Set.of(destroy),
            asked.facts(),
            "OPS-1");
    assertThat(decide(rules, reasoned))
        .isInstanceOfSatisfying(
            Decision.Held.class,
            held -> {
              assertThat(held.hold().by()).containsExactly("approvers");
              assertThat(held.hold().andBy()).containsExactly(Set.of("dba"));
              assertThat(held.hold().quorum()).isEqualTo(2);
              assertThat(held.hold().within()).isEqualTo(Duration.ofMinutes(10));
              assertThat(held.hold().reasonRequired()).isTrue();
              assertThat(held.reason())
                  .isEqualTo(
                      "engineers/1 holds destroy; ai/1 holds destroy: needs 2 of approvers, who"
                          + " must also be of dba within 10m");
            });
  }

  @Test
  void termsOfSeveralRulesAreTheStrictestOfEach() {
    Decision decision =
        decide(
            operation(ADA, "delete", change, destroy),
            hold(terms(1, 15, false, "approvers"), change),
            hold(terms(2, 60, false, "approvers", "dba"), destroy));
    assertThat(decision)
        .isEqualTo(
            new Decision.Held(
                "ai/1",
                "ai/1 holds change; ai/2 holds destroy: needs 2 of approvers within 15m",
                terms(2, 15, false, "approvers")));
  }

  @Test
  void saysWhatAnAgentCanActOn() {
    assertThat(decide(operation(ADA, "delete", destroy), allow(read), hold(destroy)).reason())
        .isEqualTo("ai/2 holds destroy: needs 1 of approvers within 15m");
    assertThat(
            decide(operation(ADA, "copy", program), saying(block(program), "ask the platform team"))
                .reason())
        .isEqualTo("no duty of agent-ada gives anything on orders");
    assertThat(
            decide(
                    operation(ADA, "copy", program),
                    allow(read),
                    saying(block(program), "ask the platform team"))
                .reason())
        .isEqualTo("ai/2 blocks program: ask the platform team");
  }

  @Test
  void namesADutyOfSomebodyElseThatWouldHaveAllowedIt() {
    Rulebook rules =
        rulebook(
            duty("ai", "ai", allow(read)),
            duty("a-holds", "leads", hold(destroy)),
            duty("owners", "dba", allow(destroy, read)));
    assertThat(decide(rules, operation(ADA, "delete", destroy)))
        .isEqualTo(
            new Decision.Blocked(
                "none",
                "no rule of agent-ada allows destroy on orders",
                "owners",
                "duty owners is held by dba"));
  }

  @Test
  void anOperationWithoutEffectsNeedsADutyThatGivesSomething() {
    assertThat(decide(operation(ADA, "begin"), hold(read)).kind().name()).isEqualTo("allowed");
    assertThat(decide(operation(ADA, "begin"), block(read)).kind().name()).isEqualTo("blocked");
    assertThat(decide(rulebook(duty("ai", "others", allow(read))), operation(ADA, "begin")).kind())
        .hasToString("blocked");
  }

  @Test
  void unknownMayBeAllowedOrHeldLikeAnyEffect() {
    Operation strange = operation(ADA, "do $$ … $$", unknown);
    assertThat(decide(strange, allow(unknown)).kind().name()).isEqualTo("allowed");
    assertThat(decide(strange, hold(unknown)).kind().name()).isEqualTo("held");
    assertThat(decide(strange, allow(read)))
        .extracting("ask")
        .asString()
        .contains("plain statement");
  }

  @ParameterizedTest(name = "{0} against {1}: allow {2}, block {3}")
  @CsvSource({
    "public.people,          public.*,        allowed, blocked",
    "PUBLIC.People,          public.people,   allowed, blocked",
    "'\"public\".\"people\"',public.people,   allowed, blocked",
    "'\"Public\".people',    public.people,   blocked, allowed",
    "'public . people',      public.people,   allowed, blocked",
    "orders.public.people,   public.people,   allowed, blocked",
    "audit.people,           public.*,        blocked, allowed",
    // An unqualified name may be found anywhere.
    "people,                 public.*,        blocked, blocked",
    "people,                 *.people,        allowed, blocked",
    "people,                 people,          allowed, blocked",
    "people,                 *,               allowed, blocked",
    "people,                 public.orders,   blocked, allowed",
    "a.people,               people,          allowed, blocked",
    // What cannot be looked up may be anything.
    "'\"people',             public.*,        blocked, blocked",
    "a.b.c.d,                public.*,        blocked, blocked",
    "'public.people x',      public.*,        blocked, blocked",
    "public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,public.*,blocked,blocked",
  })
  void matchesRelationsAsPostgresWouldFindThem(
      String relation, String glob, String allowing, String blocking) {
    Operation select = operation(ADA, "select", List.of(relation), read);
    assertThat(decide(select, on(allow(read), glob)).kind()).hasToString(allowing);
    assertThat(decide(select, allow(read), on(block(read), glob)).kind()).hasToString(blocking);
    assertThat(decide(select, allow(read), on(hold(read), glob)).kind())
        .hasToString(blocking.equals("blocked") ? "held" : "allowed");
  }

  @Test
  void everyRelationMustBeAllowedAndOneHeldIsEnough() {
    Operation join = operation(ADA, "select", List.of("public.a", "public.b"), read);
    assertThat(decide(join, on(allow(read), "public.a")).kind()).hasToString("blocked");
    assertThat(decide(join, on(allow(read), "public.a"), on(allow(read), "public.b")).kind())
        .hasToString("allowed");
    assertThat(decide(join, allow(read), on(hold(read), "public.b")).kind()).hasToString("held");
    assertThat(decide(join, allow(read), on(block(read), "public.b")).kind())
        .hasToString("blocked");
  }

  @Test
  void asksForTheSchemaWhereThatWouldHelp() {
    assertThat(
            decide(operation(ADA, "select", List.of("people"), read), on(allow(read), "public.*")))
        .isInstanceOfSatisfying(
            Decision.Blocked.class,
            blocked -> {
              assertThat(blocked.reason())
                  .isEqualTo("no rule of agent-ada allows read on people in orders");
              assertThat(blocked.ask()).isEqualTo("name the schema: people may be found in any");
            });
  }

  @Test
  void relationsThatAreNotKnownMatchForHoldAndBlockOnly() {
    Operation create = operation(ADA, "create …", schema);
    assertThat(decide(create, on(allow(schema), "public.*")).kind()).hasToString("blocked");
    assertThat(decide(create, allow(schema), on(block(schema), "public.*")).kind())
        .hasToString("blocked");
    Operation notRead =
        new Operation(
            ADA,
            "orders",
            "orders",
            "app",
            "x",
            new byte[0],
            List.of(),
            Set.of(read),
            Facts.NONE,
            "");
    assertThat(decide(notRead, on(allow(read), "*")).kind()).hasToString("blocked");
    Operation one = operation(ADA, "select 1", read);
    assertThat(decide(one, on(allow(read), "public.*"), on(block(read), "secret.*")).kind())
        .hasToString("allowed");
  }

  @Test
  void textMakesADecisionStricterAndNeverLaxer() {
    Operation delete = operation(ADA, "DELETE FROM payments", List.of("payments"), destroy);
    assertThat(decide(delete, text(allow(destroy), ".*")).kind()).hasToString("blocked");
    assertThat(decide(delete, allow(destroy), text(hold(destroy), "(?i)payments")).kind())
        .hasToString("held");
    assertThat(decide(delete, allow(destroy), text(hold(destroy), "where")).kind())
        .hasToString("allowed");
    assertThat(decide(delete, allow(destroy), text(block(destroy), "(")).kind())
        .hasToString("blocked");
  }

  @Test
  void aTextTooLongToSearchCountsAsFound() {
    Operation insert = operation(ADA, "x".repeat(Condition.TEXT_LIMIT + 1), create);
    assertThat(decide(insert, allow(create), text(hold(create), "never")).kind())
        .hasToString("held");
    assertThat(decide(insert, allow(create), when(block(create), "operation.text == 'y'")).kind())
        .hasToString("blocked");
    assertThat(decide(insert, when(allow(create), "operation.text != 'y'")).kind())
        .hasToString("blocked");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "operation.text.contains('payments')                    | true",
        "operation.text.matches('(?i)^DELETE')                  | true",
        "'destroy' in operation.effects                         | true",
        "operation.relations == ['public.payments']             | true",
        "operation.target == 'orders' && operation.role == 'x'  | false",
        "operation.database == 'orders'                         | true",
        "principal.name == 'agent-ada'                          | true",
        "principal.kind == 'human'                              | false",
        "'ai' in principal.groups                               | true",
        "principal.chain == ['agent-ada']                       | true",
        "now.getHours('Europe/Berlin') == 9                     | true",
        "now.in('Europe/Berlin').getHours() == 9                | true",
        "now . in ('Asia/Tokyo') . getDayOfWeek() == 6          | true",
        "now.in('Pacific/Auckland').getDate() == 21             | true",
        "now.in('America/New_York').getHours() in [3, 4]        | true",
        "operation.text != 'x.in(y)' && 'a.in(b)' == \"a.in(b)\" | true",
        "now.in('UTC').getMonth() == 10 && now.in('UTC').getMinutes() == 30 | true",
        "now.getHours() == 8 && now.getDayOfWeek() == 6         | true",
        "now < timestamp('2026-11-21T08:00:00Z')                | false",
        "operation.relations.exists(r, r.startsWith('public.')) | true",
      })
  void conditionsSeeTheOperationThePrincipalAndTheTime(String expression, boolean holds) {
    assertThat(Condition.mistake(expression)).isEmpty();
    Operation delete = operation(ADA, "delete from payments", List.of("public.payments"), destroy);
    assertThat(decide(delete, when(allow(destroy), expression)).kind())
        .hasToString(holds ? "allowed" : "blocked");
    assertThat(decide(delete, allow(destroy), when(hold(destroy), expression)).kind())
        .hasToString(holds ? "held" : "allowed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1/0 == 1",
        "now.in('Nowhere/Land').getHours() == 9",
        "operation.rowsEstimated < 1000",
        "not cel at all",
        "timestamp(operation.text) > now",
        "operation.relations[7] == 'x'",
      })
  void aConditionThatFailsMatchesForHoldAndBlockOnly(String expression) {
    Operation delete = operation(ADA, "delete", List.of("payments"), destroy);
    assertThat(decide(delete, when(allow(destroy), expression)).kind()).hasToString("blocked");
    assertThat(decide(delete, allow(destroy), when(hold(destroy), expression)).kind())
        .hasToString("held");
    assertThat(decide(delete, allow(destroy), when(block(destroy), expression)).kind())
        .hasToString("blocked");
  }

  @Test
  void anEstimateHoldsAndBlocksAndNeverAllows() {
    Operation plain = operation(ADA, "delete from payments", List.of("public.payments"), destroy);
    String few = "operation.rowsEstimated < 1000";
    assertThat(decide(estimated(plain, 7), when(hold(destroy), few)).kind()).hasToString("held");
    assertThat(decide(estimated(plain, 7000), when(hold(destroy), few)).kind())
        .hasToString("blocked");
    assertThat(decide(estimated(plain, 7), when(allow(destroy), few)).kind())
        .hasToString("blocked");
    assertThat(
            decide(
                    estimated(plain, 7000),
                    allow(destroy),
                    when(block(destroy), "operation.rowsEstimated > 5000"))
                .kind())
        .hasToString("blocked");
  }

  @Test
  void anEstimateIsWantedOnlyWhereARuleThatWouldMatchReadsIt() {
    Operation delete = operation(ADA, "delete from payments", List.of("public.payments"), destroy);
    String few = "operation.rowsEstimated < 1000";
    assertThat(
            Decide.dependsOnEstimate(
                rulebook(duty("ai", "ai", when(hold(destroy), few))), delete, NOW))
        .isTrue();
    assertThat(
            Decide.dependsOnEstimate(
                rulebook(duty("ai", "ai", when(hold(change), few))), delete, NOW))
        .isFalse();
    assertThat(Decide.dependsOnEstimate(rulebook(duty("ai", "ai", hold(destroy))), delete, NOW))
        .isFalse();
    assertThat(
            Decide.dependsOnEstimate(
                rulebook(duty("ai", "ai", when(hold(destroy), few))), estimated(delete, 3), NOW))
        .isFalse();
  }

  private static Operation estimated(Operation plain, long rows) {
    return new Operation(
        plain.principal(),
        plain.target(),
        plain.database(),
        plain.role(),
        plain.text(),
        plain.bytes(),
        plain.binds(),
        plain.effects(),
        plain.facts().estimated(rows),
        plain.statedReason());
  }

  @Test
  void aConditionCannotRunForLong() {
    String many = "[1,2,3,4,5,6,7,8,9,10]";
    String loops =
        many
            + ".all(a, "
            + many
            + ".all(b, "
            + many
            + ".all(c, "
            + many
            + ".all(d, "
            + many
            + ".all(e, a+b+c+d+e > 0)))))";
    Operation select = operation(ADA, "select", read);
    Instant before = Instant.now();
    assertThat(decide(select, when(allow(read), loops)).kind()).hasToString("blocked");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aDutyCoversTargetsByGlob() {
    Duty all = new Duty("all", Set.of("ai"), Set.of("ord*"), List.of(allow(read)));
    Duty other = new Duty("other", Set.of("ai"), Set.of("billing"), List.of(allow(read)));
    assertThat(decide(rulebook(all), operation(ADA, "select", read)).kind()).hasToString("allowed");
    assertThat(decide(rulebook(other), operation(ADA, "select", read)).kind())
        .hasToString("blocked");
  }
}
