package countersign.deciding;

import countersign.duty.Rule;
import countersign.operation.Effect;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** How rules are put into words, the same everywhere. */
final class Words {
  private Words() {}

  /** Effects in the order of their declaration: {@code change, destroy}. */
  static String effects(Collection<Effect> effects) {
    if (effects.size() == 1) {
      return effects.iterator().next().name();
    }
    return effects.stream().sorted().map(Enum::name).collect(Collectors.joining(", "));
  }

  /** Groups as alternatives: {@code approvers or dba}. */
  static String groups(Set<String> groups) {
    return groups.isEmpty()
        ? "nobody"
        : groups.stream().sorted().collect(Collectors.joining(" or "));
  }

  /** The terms of a hold: {@code 1 of approvers within 15m}. */
  static String terms(Rule.Hold hold) {
    StringBuilder words = new StringBuilder();
    words.append(hold.quorum()).append(" of ").append(groups(hold.by()));
    for (Set<String> also : hold.andBy()) {
      words.append(", who must also be of ").append(groups(also));
    }
    return words.append(" within ").append(Durations.write(hold.within())).toString();
  }
}
