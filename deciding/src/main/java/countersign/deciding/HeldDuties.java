package countersign.deciding;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The duties a member of a chain holds on a target, and their rules.
 *
 * @param duties in order of their names
 * @param rules all of them in order, named {@code duty/number} from 1
 * @param giveAnything a duty that only blocks gives nothing, so it opens no door either
 */
record HeldDuties(List<Duty> duties, List<Named> rules, boolean giveAnything) {
  private static final int MOST_REMEMBERED = 4_096;
  private static volatile Remembered newest = new Remembered(Rulebook.EMPTY);

  /** A rule with the name it is known by. */
  record Named(String name, Rule rule) {}

  private record Held(Set<String> groups, String target) {}

  /** What is asked for every operation again, as long as these rules are in force. */
  private record Remembered(Rulebook rulebook, Map<Held, HeldDuties> found) {
    Remembered(Rulebook rulebook) {
      this(rulebook, new ConcurrentHashMap<>());
    }
  }

  static HeldDuties of(Rulebook rulebook, Principal.Hop hop, String target) {
    Remembered remembered = newest;
    if (remembered.rulebook != rulebook || remembered.found.size() > MOST_REMEMBERED) {
      remembered = new Remembered(rulebook);
      newest = remembered;
    }
    return remembered.found.computeIfAbsent(
        new Held(hop.groups(), target), held -> find(rulebook, held));
  }

  private static HeldDuties find(Rulebook rulebook, Held held) {
    return of(
        rulebook.duties().values().stream()
            .filter(duty -> duty.groups().stream().anyMatch(held.groups::contains))
            .filter(duty -> covers(duty, held.target))
            .sorted(Comparator.comparing(Duty::name))
            .toList());
  }

  static HeldDuties of(List<Duty> duties) {
    List<Named> rules = new ArrayList<>();
    for (Duty duty : duties) {
      for (int i = 0; i < duty.rules().size(); i++) {
        rules.add(new Named(duty.name() + "/" + (i + 1), duty.rules().get(i)));
      }
    }
    return new HeldDuties(
        duties,
        List.copyOf(rules),
        rules.stream().anyMatch(named -> named.rule().action() != Rule.Action.block));
  }

  static boolean covers(Duty duty, String target) {
    return duty.targets().stream().anyMatch(glob -> Glob.matches(glob, target));
  }
}
