package countersign.deciding;

import countersign.deciding.HeldDuties.Named;
import countersign.deciding.Situation.Place;
import countersign.duty.Rule;
import countersign.operation.Effect;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a chain may do by all its duties together. Every effect, on every relation it
 * falls on, must be allowed; block beats hold beats allow; nothing that matches means blocked.
 */
sealed interface Judgement {

  /** May run. */
  record Allows(String rule, String reason) implements Judgement {}

  /** Rules that hold it, each with the effects it holds; never empty. */
  record Holds(Map<Named, Set<Effect>> rules) implements Judgement {}

  /** May not run. */
  record Blocks(String rule, String reason, String ask) implements Judgement {}

  /**
   * Judges.
   *
   * @param name who is judged, for the words
   * @param duties the duties he holds on the target
   */
  static Judgement of(String name, HeldDuties duties, Situation situation) {
    String target = situation.operation().target();
    if (!duties.giveAnything()) {
      return new Blocks("none", "no duty of " + name + " gives anything on " + target, "");
    }
    Set<Effect> effects = situation.operation().effects();
    if (effects.isEmpty()) {
      return new Allows(
          "no-effects",
          "has no effects; " + duties.duties().getFirst().name() + " opens " + target);
    }
    return new Collector(duties.rules(), situation).judge(name);
  }

  /** Goes through every effect on every place. */
  final class Collector {
    private final List<Named> rules;
    private final Situation situation;
    private final Map<Named, Set<Effect>> holds = new LinkedHashMap<>();
    private @Nullable Named allows;
    private final List<Blocks> unmatched = new ArrayList<>();

    private Collector(List<Named> rules, Situation situation) {
      this.rules = rules;
      this.situation = situation;
    }

    private Judgement judge(String name) {
      for (Effect effect : EnumSet.copyOf(situation.operation().effects())) {
        for (Place place : situation.places()) {
          List<Named> matching = new ArrayList<>();
          for (Named named : rules) {
            if (situation.matches(named.rule(), effect, place)) {
              matching.add(named);
            }
          }
          for (Named named : matching) {
            if (named.rule().action() == Rule.Action.block) {
              return new Blocks(
                  named.name(),
                  named.name() + " blocks " + effect + words(named.rule().message()),
                  "");
            }
          }
          take(name, effect, place, matching);
        }
      }
      if (!unmatched.isEmpty()) {
        return unmatched.getFirst();
      }
      if (!holds.isEmpty()) {
        return new Holds(holds);
      }
      String rule = Objects.requireNonNull(allows).name();
      return new Allows(rule, rule + " allows " + Words.effects(situation.operation().effects()));
    }

    private void take(String name, Effect effect, Place place, List<Named> matching) {
      if (matching.isEmpty()) {
        unmatched.add(nothing(name, effect, place));
      }
      for (Named named : matching) {
        if (named.rule().action() == Rule.Action.hold) {
          holds.computeIfAbsent(named, _ -> EnumSet.noneOf(Effect.class)).add(effect);
        } else if (allows == null) {
          allows = named;
        }
      }
    }

    private Blocks nothing(String name, Effect effect, Place place) {
      String on = situation.operation().target();
      String ask = "";
      if (effect == Effect.unknown) {
        ask = "write it as one plain statement: what cannot be understood counts as unknown";
      } else if (place instanceof Place.Known known) {
        on = known.written() + " in " + on;
        if (known.relation().schema().isEmpty() && wouldMatchQualified(effect, known.relation())) {
          ask = "name the schema: " + known.written() + " may be found in any";
        }
      } else if (place instanceof Place.Unknown && speaksOfRelations(effect)) {
        ask = "write it so that its relations can be read";
      }
      return new Blocks("none", "no rule of " + name + " allows " + effect + " on " + on, ask);
    }

    private boolean wouldMatchQualified(Effect effect, Relation relation) {
      return allowing(effect).stream()
          .flatMap(rule -> rule.match().relations().stream())
          .anyMatch(relation::mayMatch);
    }

    private boolean speaksOfRelations(Effect effect) {
      return allowing(effect).stream().anyMatch(rule -> !rule.match().relations().isEmpty());
    }

    private List<Rule> allowing(Effect effect) {
      return rules.stream()
          .map(Named::rule)
          .filter(rule -> rule.action() == Rule.Action.allow && rule.effects().contains(effect))
          .toList();
    }

    private static String words(String message) {
      return message.isEmpty() ? "" : ": " + message;
    }
  }
}
