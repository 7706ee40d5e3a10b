package countersign.deciding.configuration;

import countersign.identity.Principal.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Maps the claims of a verified token to kind and groups. */
public final class ClaimMapping {
  private ClaimMapping() {}

  /**
   * Maps claims. Every rule whose condition holds adds its groups; the first of them that names a
   * kind gives it. A condition or expression that cannot be evaluated adds nothing.
   */
  public static Mapped map(List<Rule> rules, Map<String, Object> claims) {
    return new Mapped(Kind.human, Set.of());
  }

  /**
   * One rule.
   *
   * @param when CEL condition over {@code claims}; empty always holds
   * @param groupsFrom CEL expression giving a string or a list of strings; empty for none
   * @param groups groups to add as they stand
   * @param kind what the principal is; null leaves it open
   */
  public record Rule(String when, String groupsFrom, Set<String> groups, @Nullable Kind kind) {}

  /** What the rules gave; a human when no rule said otherwise. */
  public record Mapped(Kind kind, Set<String> groups) {}
}
