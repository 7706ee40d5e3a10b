package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.deciding.configuration.ClaimMapping.Rule;
import countersign.identity.Principal.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimMappingTest {
  private static Rule rule(String when, String groupsFrom, Set<String> groups, Kind kind) {
    return new Rule(when, groupsFrom, groups, kind);
  }

  @Test
  void everyRuleThatHoldsAddsItsGroups() {
    List<Rule> rules =
        List.of(
            rule("has(claims.groups)", "claims.groups", Set.of(), null),
            rule("claims.repository == 'acme/shop'", "", Set.of("deployers"), Kind.pipeline),
            rule("", "claims.team", Set.of("everybody"), Kind.agent),
            rule("claims.admin == true", "", Set.of("admins"), null));
    assertThat(
            ClaimMapping.map(
                rules,
                Map.of(
                    "groups",
                    List.of("a", "b"),
                    "repository",
                    "acme/shop",
                    "team",
                    "shop",
                    "admin",
                    false)))
        .isEqualTo(
            new ClaimMapping.Mapped(
                Kind.pipeline, Set.of("a", "b", "deployers", "shop", "everybody")));
  }

  @Test
  void aClaimThatIsNotThereOrIsSomethingElseAddsNothing() {
    List<Rule> rules =
        List.of(
            rule("claims.repository == 'acme/shop'", "", Set.of("deployers"), Kind.pipeline),
            rule("", "claims.groups", Set.of(), null),
            rule("1/0 == 1", "", Set.of("x"), null),
            rule("not cel", "", Set.of("y"), null));
    assertThat(ClaimMapping.map(rules, Map.of("sub", "alice", "groups", 7)))
        .isEqualTo(new ClaimMapping.Mapped(Kind.human, Set.of()));
    assertThat(ClaimMapping.map(rules, Map.of("groups", List.of("a", 7, "", Map.of()))).groups())
        .containsExactly("a");
  }

  @Test
  void nothingIsAddedWithoutRules() {
    assertThat(ClaimMapping.map(List.of(), Map.of("groups", List.of("admins"))))
        .isEqualTo(new ClaimMapping.Mapped(Kind.human, Set.of()));
  }
}
