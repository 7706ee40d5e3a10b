package countersign.duty;

import java.util.List;
import java.util.Set;

/**
 * What members of groups may do on targets.
 *
 * @param name unique name
 * @param groups a principal holds the duty when it is in one of them
 * @param targets names of targets, or globs
 * @param rules rules; order decides nothing, block beats hold beats allow
 * @param unmask globs over columns whose masks an approval may lift: what shows them waits for one
 */
public record Duty(
    String name, Set<String> groups, Set<String> targets, List<Rule> rules, List<String> unmask) {
  /** One that lifts no mask. */
  public Duty(String name, Set<String> groups, Set<String> targets, List<Rule> rules) {
    this(name, groups, targets, rules, List.of());
  }

  @SuppressWarnings("NullAway") // events of version 1 say nothing of masks
  public Duty {
    unmask = unmask == null ? List.of() : List.copyOf(unmask);
    groups = Set.copyOf(groups);
    targets = Set.copyOf(targets);
    rules = List.copyOf(rules);
  }
}
