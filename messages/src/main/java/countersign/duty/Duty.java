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
 */
public record Duty(String name, Set<String> groups, Set<String> targets, List<Rule> rules) {
  public Duty {
    groups = Set.copyOf(groups);
    targets = Set.copyOf(targets);
    rules = List.copyOf(rules);
  }
}
