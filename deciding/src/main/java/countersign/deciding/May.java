package countersign.deciding;

import countersign.deciding.HeldDuties.Named;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.target.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers {@code SHOW countersign.may}: what a principal may do on a target, before it tries. */
public final class May {
  private May() {}

  /**
   * Says what a principal may do on a target, in the order of {@link Effect}, such as {@code
   * destroy: held, needs 1 of approvers within 15m (ai-readonly/2)}. A line that depends on what is
   * touched says so. For a chain it is what every member may do.
   *
   * @param target name of the target
   * @return readable lines, at least one for each effect; one line when nothing is open at all
   */
  public static List<String> lines(Rulebook rulebook, Principal principal, String target) {
    Target found = rulebook.targets().get(target);
    if (found == null) {
      return List.of("target: " + target + " (expected: a declared target)");
    }
    for (Principal.Hop hop : principal.chain()) {
      if (!HeldDuties.of(rulebook, hop, target).giveAnything()) {
        return List.of("nothing: no duty of " + hop.name() + " gives anything on " + target);
      }
    }
    List<String> lines = new ArrayList<>();
    for (Effect effect : Effect.values()) {
      lines.addAll(lines(rulebook, principal, found, effect));
    }
    return List.copyOf(lines);
  }

  private static Set<String> lines(
      Rulebook rulebook, Principal principal, Target target, Effect effect) {
    List<Target.Block> blocks = target.protection().blocks();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).effects().contains(effect)) {
        String rule = target.name() + "/protect/" + (i + 1);
        return Set.of(effect + ": blocked for everyone" + message(blocks.get(i).message(), rule));
      }
    }
    Set<String> stricter = new LinkedHashSet<>();
    Set<String> allowed = new LinkedHashSet<>();
    boolean alwaysHeld = false;
    for (Principal.Hop hop : principal.chain()) {
      HeldDuties duties = HeldDuties.of(rulebook, hop, target.name());
      List<Named> rules =
          duties.rules().stream()
              .filter(named -> named.rule().effects().contains(effect))
              .filter(named -> !neverMatches(named.rule()))
              .toList();
      String refused = refused(effect, hop, rules);
      if (!refused.isEmpty()) {
        return Set.of(refused);
      }
      for (Named named : rules) {
        boolean allows = named.rule().action() == Rule.Action.allow;
        alwaysHeld |= named.rule().action() == Rule.Action.hold && always(named.rule());
        (allows ? allowed : stricter).add(line(effect, named));
      }
    }
    if (!alwaysHeld) {
      stricter.addAll(allowed);
    }
    return stricter;
  }

  /** The line when a member of the chain has no way to the effect at all, empty when it has. */
  private static String refused(Effect effect, Principal.Hop hop, List<Named> rules) {
    for (Named named : rules) {
      if (named.rule().action() == Rule.Action.block && always(named.rule())) {
        return line(effect, named);
      }
    }
    return rules.stream().allMatch(named -> named.rule().action() == Rule.Action.block)
        ? effect + ": blocked (no rule of " + hop.name() + " allows it)"
        : "";
  }

  private static String line(Effect effect, Named named) {
    Rule rule = named.rule();
    String what =
        switch (rule.action()) {
          case allow -> "allowed";
          case block -> "blocked";
          case hold ->
              "held, needs "
                  + Words.terms(rule.hold())
                  + (rule.hold().reasonRequired() ? ", with a stated reason" : "");
        };
    return effect + ": " + what + conditions(rule) + message(rule.message(), named.name());
  }

  private static String conditions(Rule rule) {
    StringBuilder words = new StringBuilder();
    if (!rule.match().relations().isEmpty()) {
      words.append(" on ").append(String.join(", ", rule.match().relations()));
    }
    if (!rule.match().text().isEmpty()) {
      words.append(" where the text has ").append(String.join(" or ", rule.match().text()));
    }
    if (!rule.when().isEmpty()) {
      words.append(" when ").append(rule.when());
    }
    return words.toString();
  }

  private static String message(String message, String rule) {
    return (message.isEmpty() ? "" : ": " + message) + " (" + rule + ")";
  }

  private static boolean always(Rule rule) {
    return rule.match().equals(Rule.Match.ANYTHING) && rule.when().isEmpty();
  }

  private static boolean neverMatches(Rule rule) {
    return rule.action() == Rule.Action.allow && !rule.match().text().isEmpty();
  }
}
