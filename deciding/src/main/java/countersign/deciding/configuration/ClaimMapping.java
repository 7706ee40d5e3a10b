package countersign.deciding.configuration;

import countersign.deciding.Claims;
import countersign.identity.Principal.Kind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Maps the claims of a verified token to kind and groups. */
public final class ClaimMapping {
  private static final int GROUPS = 1_000;

  private ClaimMapping() {}

  /**
   * Maps claims. Every rule whose condition holds adds its groups; the first of them that names a
   * kind gives it. A condition or expression that cannot be evaluated, such as one over a claim the
   * token does not have, adds nothing.
   *
   * @param claims claims as JSON gives them: texts, numbers, booleans, lists and maps
   */
  public static Mapped map(List<Rule> rules, Map<String, Object> claims) {
    Set<String> groups = new TreeSet<>();
    Kind kind = null;
    for (Rule rule : rules) {
      if (rule.when().isEmpty() || Claims.holds(rule.when(), claims)) {
        groups.addAll(rule.groups());
        groups.addAll(groupsFrom(rule.groupsFrom(), claims));
        kind = kind == null ? rule.kind() : kind;
      }
    }
    return new Mapped(kind == null ? Kind.human : kind, groups);
  }

  private static Set<String> groupsFrom(String expression, Map<String, Object> claims) {
    Set<String> groups = new TreeSet<>();
    Object value = expression.isEmpty() ? null : Claims.value(expression, claims).orElse(null);
    if (value instanceof String group) {
      groups.add(group);
    } else if (value instanceof Collection<?> several && several.size() <= GROUPS) {
      for (Object each : several) {
        if (each instanceof String group) {
          groups.add(group);
        }
      }
    }
    groups.remove("");
    return groups;
  }

  static Optional<String> mistake(String expression, boolean condition) {
    return Claims.mistake(expression, condition);
  }

  /**
   * One rule.
   *
   * @param when CEL condition over {@code claims}; empty always holds
   * @param groupsFrom CEL expression giving a text or a list of texts; empty for none
   * @param groups groups to add as they stand
   * @param kind what the principal is; null leaves it open
   */
  public record Rule(String when, String groupsFrom, Set<String> groups, @Nullable Kind kind) {
    public Rule {
      groups = Set.copyOf(groups);
    }
  }

  /** What the rules gave; a human when no rule said otherwise. */
  public record Mapped(Kind kind, Set<String> groups) {
    public Mapped {
      groups = Set.copyOf(groups);
    }
  }
}
