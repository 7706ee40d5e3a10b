package countersign.deciding;

import countersign.deciding.HeldDuties.Named;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.operation.Operation;
import countersign.target.Target;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides an operation.
 *
 * <p>First what is blocked for everyone on the target; then every member of the chain by its own
 * duties, and the strictest answer wins. Every effect on every relation it falls on must be allowed
 * by some rule; block beats hold beats allow; nothing that matches means blocked. An operation
 * without effects is allowed to whoever has a duty there that gives anything.
 *
 * <p>{@code match.relations}: an unqualified name may be found in any schema, so it is held and
 * blocked by a glob of any schema and allowed only by a glob of every schema. A glob without a dot
 * speaks of every schema. {@code match.text} never allows. What is not available (a text that was
 * not understood, one over 1 MiB for conditions over it, a condition that fails) matches for hold
 * and block, not for allow.
 */
public final class Decide {
  private Decide() {}

  /**
   * Decides an operation by the rules in force.
   *
   * @param rulebook the rules
   * @param operation what is asked
   * @param now the store's time
   * @return the decision; what cannot be judged is blocked, nothing is thrown
   */
  public static Decision decide(Rulebook rulebook, Operation operation, Instant now) {
    try {
      return judged(rulebook, operation, now);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return new Decision.Blocked(
          "error", "cannot be judged: " + e.getClass().getSimpleName(), "", "");
    }
  }

  /**
   * Whether the decision depends on what the target's planner expects of the operation, which is
   * not known yet.
   *
   * @param now the store's time
   */
  public static boolean dependsOnEstimate(Rulebook rulebook, Operation operation, Instant now) {
    if (operation.facts().rowsEstimated() != null) {
      return false;
    }
    Situation situation = null;
    for (Principal.Hop hop : operation.principal().chain()) {
      for (Named named : HeldDuties.of(rulebook, hop, operation.target()).rules()) {
        if (Condition.readsEstimate(named.rule().when())) {
          situation = situation == null ? new Situation(operation, now) : situation;
          if (situation.dependsOnEstimate(named.rule())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static Decision judged(Rulebook rulebook, Operation operation, Instant now) {
    Target target = rulebook.targets().get(operation.target());
    if (target == null) {
      return new Decision.Blocked(
          "none", "target: " + operation.target() + " (expected: a declared target)", "", "");
    }
    List<Target.Block> blocks = target.protection().blocks();
    for (int i = 0; i < blocks.size(); i++) {
      Set<Effect> both = EnumSet.noneOf(Effect.class);
      both.addAll(operation.effects());
      both.retainAll(blocks.get(i).effects());
      if (!both.isEmpty()) {
        return forEveryone(target, i, both);
      }
    }
    Situation situation = new Situation(operation, now);
    Map<Named, Set<Effect>> holds = new LinkedHashMap<>();
    Judgement.Allows allows = null;
    for (Principal.Hop hop : operation.principal().chain()) {
      HeldDuties duties = HeldDuties.of(rulebook, hop, target.name());
      switch (Judgement.of(hop.name(), duties, situation)) {
        case Judgement.Blocks no -> {
          return blocked(rulebook, situation, no);
        }
        case Judgement.Holds held ->
            held.rules()
                .forEach((rule, effects) ->
                    holds.computeIfAbsent(rule, _ -> EnumSet.noneOf(Effect.class)).addAll(effects));
        case Judgement.Allows yes -> allows = yes;
      }
    }
    return holds.isEmpty() && allows != null
        ? new Decision.Allowed(allows.rule(), allows.reason())
        : held(operation, holds);
  }

  private static Decision forEveryone(Target target, int index, Set<Effect> effects) {
    String rule = target.name() + "/protect/" + (index + 1);
    String message = target.protection().blocks().get(index).message();
    return new Decision.Blocked(
        rule,
        rule
            + " blocks "
            + Words.effects(effects)
            + " for everyone"
            + (message.isEmpty() ? "" : ": " + message),
        "",
        "");
  }

  private static Decision held(Operation operation, Map<Named, Set<Effect>> holds) {
    Rule.Hold hold = Terms.strictest(holds.keySet().stream().map(n -> n.rule().hold()).toList());
    String rule = holds.keySet().iterator().next().name();
    String which =
        holds.entrySet().stream()
            .map(e -> e.getKey().name() + " holds " + Words.effects(e.getValue()))
            .collect(Collectors.joining("; "));
    if (hold.reasonRequired() && operation.statedReason().isBlank()) {
      return new Decision.Blocked(
          rule,
          which + ": needs a stated reason before it can be asked for",
          rule.substring(0, rule.lastIndexOf('/')),
          "SET countersign.reason = 'why', then run it again");
    }
    String messages =
        holds.keySet().stream()
            .map(named -> named.rule().message())
            .filter(message -> !message.isEmpty())
            .distinct()
            .map(message -> " (" + message + ")")
            .collect(Collectors.joining());
    return new Decision.Held(rule, which + ": needs " + Words.terms(hold) + messages, hold);
  }

  private static Decision blocked(Rulebook rulebook, Situation situation, Judgement.Blocks no) {
    Duty other = wouldAllow(rulebook, situation);
    if (other == null) {
      return new Decision.Blocked(no.rule(), no.reason(), "", no.ask());
    }
    String ask =
        no.ask().isEmpty()
            ? "duty " + other.name() + " is held by " + Words.groups(other.groups())
            : no.ask();
    return new Decision.Blocked(no.rule(), no.reason(), other.name(), ask);
  }

  /** The duty, of anybody, that alone would allow the operation; else one that would hold it. */
  private static @Nullable Duty wouldAllow(Rulebook rulebook, Situation situation) {
    Duty holding = null;
    for (Duty duty :
        rulebook.duties().values().stream().sorted(Comparator.comparing(Duty::name)).toList()) {
      if (HeldDuties.covers(duty, situation.operation().target())) {
        switch (Judgement.of("", HeldDuties.of(List.of(duty)), situation)) {
          case Judgement.Allows _ -> {
            return duty;
          }
          case Judgement.Holds _ -> holding = holding == null ? duty : holding;
          case Judgement.Blocks _ -> {}
        }
      }
    }
    return holding;
  }
}
