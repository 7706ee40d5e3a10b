package countersign.edge.gate;

import countersign.deciding.LossContract;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.target.Target;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What the rules say of a session as a whole.
 *
 * @param rulebook version of the rules
 * @param recording its loss contract
 * @param mayWrite whether some duty of the acting principal lets it write here, perhaps after a
 *     hold
 * @param mayUnknown whether one lets through here what nobody understands
 */
record Standing(long rulebook, Target.Recording recording, boolean mayWrite, boolean mayUnknown) {
  static Standing of(Rulebook rulebook, Principal principal, String target) {
    Set<String> acting = principal.acting().groups();
    List<Rule> rules =
        LossContract.duties(rulebook, principal, target).stream()
            .filter(duty -> !Collections.disjoint(duty.groups(), acting))
            .flatMap(duty -> duty.rules().stream())
            .toList();
    return new Standing(
        rulebook.version(),
        rulebook
            .target(target)
            .map(known -> LossContract.of(rulebook, principal, known))
            .orElse(Target.Recording.strict),
        rules.stream()
            .anyMatch(rule -> rule.action() != Rule.Action.block && Gate.writes(rule.effects())),
        rules.stream()
            .anyMatch(rule ->
                rule.action() == Rule.Action.allow && rule.effects().contains(Effect.unknown)));
  }
}
