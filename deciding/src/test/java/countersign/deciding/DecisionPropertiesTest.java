package countersign.deciding;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.operation.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** What must hold whatever the rules say. */
class DecisionPropertiesTest {
  private static final List<String> GROUPS = List.of("ai", "engineers", "leads");
  private static final List<String> APPROVERS = List.of("approvers", "dba", "security");

  @Property(tries = 700, shrinking = ShrinkingMode.BOUNDED)
  void addingABlockNeverMakesADecisionLaxer(
      @ForAll("duties") List<Duty> duties,
      @ForAll("operations") Operation operation,
      @ForAll("rules") Rule rule,
      @ForAll("groups") Set<String> groups) {
    Rule block =
        new Rule(
            Rule.Action.block, rule.effects(), rule.match(), rule.when(), Rule.Hold.DEFAULT, "");
    List<Duty> more = new ArrayList<>(duties);
    more.add(new Duty("added", groups, Set.of("orders"), List.of(block)));
    notLaxer(decide(duties, operation), decide(more, operation));
  }

  @Property(tries = 700, shrinking = ShrinkingMode.BOUNDED)
  void addingAHoldToWhatIsAllowedOrHeldNeverMakesItLaxer(
      @ForAll("duties") List<Duty> duties,
      @ForAll("operations") Operation operation,
      @ForAll("rules") Rule rule) {
    Decision before = decide(duties, operation);
    if (before instanceof Decision.Blocked) {
      return;
    }
    Rule hold =
        new Rule(Rule.Action.hold, rule.effects(), rule.match(), rule.when(), rule.hold(), "");
    List<Duty> more = new ArrayList<>(duties);
    more.add(new Duty("added", Set.copyOf(GROUPS), Set.of("orders"), List.of(hold)));
    notLaxer(before, decide(more, operation));
  }

  @Property(tries = 700, shrinking = ShrinkingMode.BOUNDED)
  void addingAHopNeverMakesADecisionLaxer(
      @ForAll("duties") List<Duty> duties,
      @ForAll("operations") Operation operation,
      @ForAll("groups") Set<String> groups,
      @ForAll boolean first) {
    List<Principal.Hop> hops = new ArrayList<>(operation.principal().chain());
    // The acting principal stays, so that conditions over it mean the same.
    hops.add(first ? 0 : hops.size() - 1, hop("another", groups));
    notLaxer(decide(duties, operation), decide(duties, by(operation, hops)));
  }

  @Property(tries = 700, shrinking = ShrinkingMode.BOUNDED)
  void addingAnEffectNeverMakesADecisionLaxer(
      @ForAll("duties") List<Duty> duties,
      @ForAll("operations") Operation operation,
      @ForAll Effect effect) {
    if (operation.effects().isEmpty()) {
      return;
    }
    Set<Effect> more = new HashSet<>(operation.effects());
    more.add(effect);
    Operation wider =
        new Operation(
            operation.principal(),
            "orders",
            "orders",
            "app",
            operation.text(),
            operation.bytes(),
            List.of(),
            more,
            operation.facts(),
            operation.statedReason());
    // Under conditions another effect may change what a rule speaks of, relations above all.
    List<Duty> plain = duties.stream().map(DecisionPropertiesTest::unconditional).toList();
    notLaxer(decide(plain, operation), decide(plain, wider));
  }

  @Property(tries = 700, shrinking = ShrinkingMode.BOUNDED)
  void theOrderOfRulesAndDutiesDecidesNothing(
      @ForAll("duties") List<Duty> duties, @ForAll("operations") Operation operation) {
    List<Duty> reversed =
        duties.stream()
            .map(d -> new Duty(d.name(), d.groups(), d.targets(), d.rules().reversed()))
            .toList()
            .reversed();
    assertThat(decide(reversed, operation).kind()).isEqualTo(decide(duties, operation).kind());
  }

  private static Duty unconditional(Duty duty) {
    List<Rule> rules =
        duty.rules().stream()
            .map(rule ->
                new Rule(rule.action(), rule.effects(), Rule.Match.ANYTHING, "", rule.hold(), ""))
            .toList();
    return new Duty(duty.name(), duty.groups(), duty.targets(), rules);
  }

  private static void notLaxer(Decision before, Decision after) {
    assertThat(after.kind()).as("%s then %s", before, after).isGreaterThanOrEqualTo(before.kind());
    if (before instanceof Decision.Held one && after instanceof Decision.Held other) {
      assertThat(other.hold().quorum()).isGreaterThanOrEqualTo(one.hold().quorum());
      assertThat(other.hold().within()).isLessThanOrEqualTo(one.hold().within());
      assertThat(other.hold().reasonRequired() || !one.hold().reasonRequired()).isTrue();
      for (Set<String> membership : subsets(APPROVERS)) {
        assertThat(satisfies(one.hold(), membership) || !satisfies(other.hold(), membership))
            .as("%s may answer %s only", membership, other.hold())
            .isTrue();
      }
    }
  }

  private static boolean satisfies(Rule.Hold hold, Set<String> membership) {
    return Stream.concat(Stream.of(hold.by()), hold.andBy().stream())
        .allMatch(groups -> groups.stream().anyMatch(membership::contains));
  }

  private static List<Set<String>> subsets(List<String> names) {
    List<Set<String>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << names.size(); bits++) {
      Set<String> subset = new HashSet<>();
      for (int i = 0; i < names.size(); i++) {
        if ((bits >> i & 1) == 1) {
          subset.add(names.get(i));
        }
      }
      subsets.add(subset);
    }
    return subsets;
  }

  private static Decision decide(List<Duty> duties, Operation operation) {
    Map<String, Duty> named =
        duties.stream().collect(Collectors.toMap(Duty::name, Function.identity()));
    return Decide.decide(
        new Rulebook(
            1, named, Map.of("orders", Given.target("orders")), List.of(), List.of(), Map.of()),
        operation,
        Given.NOW);
  }

  private static Operation by(Operation operation, List<Principal.Hop> hops) {
    return new Operation(
        Given.chain(hops.toArray(Principal.Hop[]::new)),
        "orders",
        "orders",
        "app",
        operation.text(),
        operation.bytes(),
        List.of(),
        operation.effects(),
        operation.facts(),
        operation.statedReason());
  }

  private static Principal.Hop hop(String name, Set<String> groups) {
    return Given.agent(name, "", groups.toArray(String[]::new));
  }

  @Provide
  Arbitrary<Set<String>> groups() {
    return Arbitraries.of(GROUPS).set().ofMinSize(0).ofMaxSize(2);
  }

  @Provide
  Arbitrary<List<Duty>> duties() {
    Arbitrary<Duty> duty =
        Combinators.combine(
                Arbitraries.of(GROUPS).set().ofMinSize(1).ofMaxSize(2),
                rules().list().ofMinSize(1).ofMaxSize(5))
            .as((groups, rules) -> new Duty("duty", groups, Set.of("ord*"), rules));
    return duty.list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(list -> {
          List<Duty> named = new ArrayList<>();
          for (Duty each : list) {
            named.add(
                new Duty("duty-" + named.size(), each.groups(), each.targets(), each.rules()));
          }
          return named;
        });
  }

  @Provide
  Arbitrary<Rule> rules() {
    return Combinators.combine(
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(5, Rule.Action.allow),
                net.jqwik.api.Tuple.of(3, Rule.Action.hold),
                net.jqwik.api.Tuple.of(1, Rule.Action.block)),
            Arbitraries.of(Effect.values()).set().ofMinSize(4).ofMaxSize(10),
            matches(),
            Arbitraries.of(
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "operation.text.contains('a')",
                "now.getHours() > 3",
                "1/0 == 1",
                "principal.kind == 'agent'"),
            holds())
        .as((action, effects, match, when, hold) ->
            new Rule(action, effects, match, when, hold, ""));
  }

  private static Arbitrary<Rule.Match> matches() {
    return Combinators.combine(
            Arbitraries.of(
                List.<String>of(),
                List.<String>of(),
                List.of("public.*"),
                List.of("people"),
                List.of("*.orders", "audit.*")),
            Arbitraries.of(
                List.<String>of(),
                List.<String>of(),
                List.<String>of(),
                List.of("x"),
                List.of("(")))
        .as(Rule.Match::new);
  }

  private static Arbitrary<Rule.Hold> holds() {
    return Combinators.combine(
            Arbitraries.of(APPROVERS).set().ofMinSize(0).ofMaxSize(3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 60),
            Arbitraries.of(true, false))
        .as((by, quorum, within, reason) ->
            Given.terms(quorum, within, reason, by.toArray(String[]::new)));
  }

  @Provide
  Arbitrary<Operation> operations() {
    return Combinators.combine(
            Arbitraries.of(GROUPS).set().ofMinSize(1).ofMaxSize(3).list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.of(Effect.values()).set().ofMinSize(0).ofMaxSize(2),
            Arbitraries.of("public.people", "people", "audit.log", "\"odd", "orders")
                .list()
                .ofMaxSize(3),
            Arbitraries.of("a", "x", "select"),
            Arbitraries.of("", "because"))
        .as((groups, effects, relations, text, reason) -> {
          List<Principal.Hop> hops = new ArrayList<>();
          for (Set<String> each : groups) {
            hops.add(hop("hop-" + hops.size(), each));
          }
          return new Operation(
              Given.chain(hops.toArray(Principal.Hop[]::new)),
              "orders",
              "orders",
              "app",
              text,
              new byte[0],
              List.of(),
              effects,
              new countersign.operation.Facts(
                  "libpg_query-17", List.of(text), relations, List.of(), List.of(), null),
              reason);
        });
  }
}
