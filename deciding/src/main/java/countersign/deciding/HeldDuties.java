package countersign.deciding;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which duties a member of a chain holds on a target, in order of their names. */
final class HeldDuties {
  private HeldDuties() {}

  /** A rule with the name it is known by. */
  record Named(String name, Rule rule) {}

  static List<Duty> of(Rulebook rulebook, Principal.Hop hop, String target) {
    return rulebook.duties().values().stream()
        .filter(duty -> duty.groups().stream().anyMatch(hop.groups()::contains))
        .filter(duty -> covers(duty, target))
        .sorted(Comparator.comparing(Duty::name))
        .toList();
  }

  static boolean covers(Duty duty, String target) {
    return duty.targets().stream().anyMatch(glob -> Glob.matches(glob, target));
  }

  /** A duty that only blocks gives nothing, so it opens no door either. */
  static boolean giveAnything(List<Duty> duties) {
    return duties.stream()
        .flatMap(duty -> duty.rules().stream())
        .anyMatch(rule -> rule.action() != Rule.Action.block);
  }

  /** All rules in order, named {@code duty/number} from 1. */
  static List<Named> rules(List<Duty> duties) {
    List<Named> rules = new ArrayList<>();
    for (Duty duty : duties) {
      for (int i = 0; i < duty.rules().size(); i++) {
        rules.add(new Named(duty.name() + "/" + (i + 1), duty.rules().get(i)));
      }
    }
    return rules;
  }
}
