package countersign.deciding;

import countersign.duty.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts the terms of several holds of one operation together, so that none is loosened. */
final class Terms {
  private Terms() {}

  /**
   * Combines holds: the largest quorum, the shortest time, a reason if any wants one, a ticket if
   * any waits by ticket. Approvers are of the groups all have in common; where there are none, an
   * approver must be in a group of each. A hold that names nobody leaves nobody.
   *
   * @param holds at least one
   */
  static Rule.Hold strictest(List<Rule.Hold> holds) {
    Rule.Hold strictest = holds.getFirst();
    if (holds.size() == 1) {
      return strictest;
    }
    List<Set<String>> by = approvers(holds);
    return new Rule.Hold(
        by.getFirst(),
        by.subList(1, by.size()),
        holds.stream().mapToInt(Rule.Hold::quorum).max().orElse(strictest.quorum()),
        shortest(holds.stream().map(Rule.Hold::within).toList()),
        holds.stream().anyMatch(hold -> hold.waiting() == Rule.Wait.ticket)
            ? Rule.Wait.ticket
            : Rule.Wait.stream,
        holds.stream().anyMatch(Rule.Hold::reasonRequired),
        shortest(holds.stream().map(Rule.Hold::lockWait).toList()));
  }

  private static List<Set<String>> approvers(List<Rule.Hold> holds) {
    Set<Set<String>> each = new LinkedHashSet<>();
    for (Rule.Hold hold : holds) {
      each.add(hold.by());
      each.addAll(hold.andBy());
    }
    Set<String> common = new HashSet<>(holds.getFirst().by());
    each.forEach(common::retainAll);
    if (!common.isEmpty() || each.contains(Set.<String>of())) {
      return List.of(common);
    }
    // Whoever is in a group of the smaller set is in one of the larger, too.
    List<Set<String>> needed = new ArrayList<>(each);
    needed.removeIf(
        large -> each.stream().anyMatch(small -> !small.equals(large) && large.containsAll(small)));
    return needed;
  }

  private static Duration shortest(List<Duration> durations) {
    return durations.stream().min(Duration::compareTo).orElse(Duration.ZERO);
  }
}
