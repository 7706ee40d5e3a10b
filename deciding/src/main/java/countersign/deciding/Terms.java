package countersign.deciding;

import countersign.duty.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts the terms of several holds of one operation together, so that none is loosened. */
final class Terms {
  private Terms() {}

  /**
   * Combines holds: the largest quorum, the shortest time, a reason if any wants one, a ticket if
   * any waits by ticket. An approver must satisfy each hold, that is, be in a group of each; where
   * the groups of one are among those of another, the smaller set is enough. A hold that names
   * nobody leaves nobody.
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
