package countersign.duty;

import countersign.target.Target;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What members of groups may do on targets.
 *
 * @param name unique name
 * @param groups a principal holds the duty when it is in one of them
 * @param targets names of targets, or globs
 * @param rules rules; order decides nothing, block beats hold beats allow
 * @param unmask globs over columns whose masks an approval may lift: what shows them waits for one
 * @param recording the loss contract that it asks for; null where it says nothing
 */
public record Duty(
    String name,
    Set<String> groups,
    Set<String> targets,
    List<Rule> rules,
    List<String> unmask,
    Target.@Nullable Recording recording) {
  /** One that lifts no mask and takes the loss contract of its targets. */
  public Duty(String name, Set<String> groups, Set<String> targets, List<Rule> rules) {
    this(name, groups, targets, rules, List.of(), null);
  }

  @SuppressWarnings("NullAway") // events of version 1 say nothing of masks
  public Duty(
      String name,
      Set<String> groups,
      Set<String> targets,
      List<Rule> rules,
      List<String> unmask,
      Target.@Nullable Recording recording) {
    this.name = name;
    this.groups = Set.copyOf(groups);
    this.targets = Set.copyOf(targets);
    this.rules = List.copyOf(rules);
    this.unmask = unmask == null ? List.of() : List.copyOf(unmask);
    this.recording = recording;
  }
}
