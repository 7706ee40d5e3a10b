package countersign.deciding;

import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.target.Target;
import countersign.target.Target.Recording;
import java.util.Collections;
import java.util.List;

/** Which loss contract a session has, and the duties that say so. Thread-safe. */
public final class LossContract {
  private LossContract() {}

  /**
   * Duties that anybody in a chain holds on a target, by name.
   *
   * @param target name of the target
   */
  public static List<Duty> duties(Rulebook rulebook, Principal principal, String target) {
    return rulebook.duties().values().stream()
        .filter(duty ->
            principal.chain().stream()
                .anyMatch(hop -> !Collections.disjoint(duty.groups(), hop.groups())))
        .filter(duty -> duty.targets().stream().anyMatch(glob -> Glob.matches(glob, target)))
        .toList();
  }

  /**
   * The strictest of what the target and the duties of everybody in the chain ask for: losing reads
   * takes that every one of the duties names it.
   */
  public static Recording of(Rulebook rulebook, Principal principal, Target target) {
    List<Duty> duties = duties(rulebook, principal, target.name());
    if (target.protection().recording() == Recording.strict
        || duties.stream().anyMatch(duty -> duty.recording() == Recording.strict)) {
      return Recording.strict;
    }
    return !duties.isEmpty()
            && duties.stream().allMatch(duty -> duty.recording() == Recording.buffered)
        ? Recording.buffered
        : Recording.statement;
  }
}
