package countersign.deciding;

import countersign.deciding.HeldDuties.Named;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.target.Target;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a session that may write nothing by itself may read: the rights of a role leased to it.
 * Wider than a decision where rules depend on the moment or the text, for each operation is still
 * decided by itself; never wider than the relations that the rules name.
 *
 * @param hops what each member of the chain may read, without repetitions; a relation is readable
 *     when every one of them covers it
 * @param holdsMore whether an approval may let the session do more than read
 */
public record LeaseScope(List<Readable> hops, boolean holdsMore) {
  /** What may change a target, or do what nobody foresees. */
  private static final Set<Effect> WRITES =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(Effect.read, Effect.session)));

  /** Every relation. */
  private static final Set<String> EVERYTHING = Set.of("*");

  public LeaseScope {
    hops = List.copyOf(hops);
  }

  /**
   * What one member of a chain may read.
   *
   * @param relations globs over {@code schema.relation}, or over relations of every schema where
   *     there is no dot; empty covers nothing
   * @param except globs over what is blocked for it whatever the moment
   */
  public record Readable(Set<String> relations, Set<String> except) {
    public Readable {
      relations = Collections.unmodifiableSet(new TreeSet<>(relations));
      except = Collections.unmodifiableSet(new TreeSet<>(except));
    }

    /** Such as {@code public.* but not public.salaries}. */
    public String words() {
      return (relations.isEmpty() ? "nothing" : String.join(", ", relations))
          + (except.isEmpty() ? "" : " but not " + String.join(", ", except));
    }
  }

  /**
   * Says what a principal may read on a target.
   *
   * @param target name of the target
   * @return empty when it may do more than read without asking anybody
   */
  public static Optional<LeaseScope> of(Rulebook rulebook, Principal principal, String target) {
    Target found = rulebook.targets().get(target);
    if (found == null) {
      return Optional.of(new LeaseScope(List.of(new Readable(Set.of(), Set.of())), false));
    }
    Set<Effect> blocked = EnumSet.noneOf(Effect.class);
    found.protection().blocks().forEach(block -> blocked.addAll(block.effects()));
    List<HeldDuties> chain =
        principal.chain().stream().map(hop -> HeldDuties.of(rulebook, hop, target)).toList();
    boolean holdsMore = false;
    for (Effect effect : WRITES) {
      if (!blocked.contains(effect) && chain.stream().allMatch(hop -> mayHave(hop, effect))) {
        if (chain.stream().noneMatch(hop -> always(hop, Rule.Action.hold, effect))
            && chain.stream().allMatch(hop -> opens(hop, Rule.Action.allow, effect))) {
          return Optional.empty();
        }
        holdsMore = true;
      }
    }
    return Optional.of(
        new LeaseScope(
            chain.stream()
                .map(hop ->
                    blocked.contains(Effect.read)
                        ? new Readable(Set.of(), Set.of())
                        : readable(hop))
                .distinct()
                .toList(),
            holdsMore));
  }

  private static boolean mayHave(HeldDuties duties, Effect effect) {
    return (opens(duties, Rule.Action.allow, effect) || opens(duties, Rule.Action.hold, effect))
        && !always(duties, Rule.Action.block, effect);
  }

  /** Whether some rule does it, at least now and then. */
  private static boolean opens(HeldDuties duties, Rule.Action action, Effect effect) {
    return duties.rules().stream()
        .anyMatch(named -> named.rule().action() == action && opens(named, effect));
  }

  /** Whether some rule does it whatever the moment, the text and the relation. */
  private static boolean always(HeldDuties duties, Rule.Action action, Effect effect) {
    return duties.rules().stream()
        .map(Named::rule)
        .anyMatch(rule ->
            rule.action() == action && always(rule, effect) && rule.match().relations().isEmpty());
  }

  private static Readable readable(HeldDuties duties) {
    Set<String> relations = new TreeSet<>();
    Set<String> except = new TreeSet<>();
    for (Named named : duties.rules()) {
      Set<String> globs =
          named.rule().match().relations().isEmpty()
              ? EVERYTHING
              : Set.copyOf(named.rule().match().relations());
      if (opens(named, Effect.read)) {
        relations.addAll(globs);
      } else if (named.rule().action() == Rule.Action.block && always(named.rule(), Effect.read)) {
        except.addAll(globs);
      }
    }
    return new Readable(relations.contains("*") ? EVERYTHING : relations, except);
  }

  /** A rule over the text never allows. */
  private static boolean opens(Named named, Effect effect) {
    Rule rule = named.rule();
    return rule.effects().contains(effect)
        && switch (rule.action()) {
          case allow -> rule.match().text().isEmpty();
          case hold -> true;
          case block -> false;
        };
  }

  private static boolean always(Rule rule, Effect effect) {
    return rule.effects().contains(effect)
        && rule.match().text().isEmpty()
        && rule.when().isEmpty();
  }
}
