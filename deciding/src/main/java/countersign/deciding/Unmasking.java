package countersign.deciding;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which masks duties let people lift, and on what terms. Everybody in the chain must hold a duty
 * that names the column; the terms are those of all holds of these duties together, so that lifting
 * a mask is never easier than anything else that waits. Pure, thread-safe.
 */
public final class Unmasking {
  /** Behind the name of a duty: the rule by which something is held that lifts masks. */
  public static final String RULE = "/unmask";

  private Unmasking() {}

  /** A column by its names, unquoted. */
  public record Column(String schema, String relation, String name) {
    /** Whether a glob over {@code schema.relation.column}, or over the last parts of it, fits. */
    public boolean matches(String glob) {
      long parts = glob.chars().filter(c -> c == '.').count() + 1;
      return Glob.matches(
          glob,
          parts == 1
              ? name
              : parts == 2 ? relation + "." + name : schema + "." + relation + "." + name);
    }

    @Override
    public String toString() {
      return schema + "." + relation + "." + name;
    }
  }

  /**
   * What may be lifted.
   *
   * @param columns the columns
   * @param held the decision that waits for it
   */
  public record Lift(Set<Column> columns, Decision.Held held) {
    public Lift {
      columns = Set.copyOf(columns);
    }
  }

  /**
   * Which of some masked columns an operation may show once somebody has approved it.
   *
   * @param decision what was decided of the operation without its masks
   * @return null when none may be, or the operation is blocked
   */
  public static @Nullable Lift lift(
      Rulebook rulebook,
      Principal principal,
      String target,
      Decision decision,
      Set<Column> columns) {
    if (decision instanceof Decision.Blocked || columns.isEmpty()) {
      return null;
    }
    Set<Column> liftable = new HashSet<>(columns);
    List<Duty> lifting = new ArrayList<>();
    for (Principal.Hop hop : principal.chain()) {
      List<Duty> duties =
          HeldDuties.of(rulebook, hop, target).duties().stream()
              .filter(duty -> columns.stream().anyMatch(column -> names(duty, column)))
              .toList();
      liftable.removeIf(column -> duties.stream().noneMatch(duty -> names(duty, column)));
      lifting.addAll(duties);
    }
    List<Rule.Hold> terms = new ArrayList<>();
    for (Duty duty : lifting) {
      duty.rules().stream()
          .filter(rule -> rule.action() == Rule.Action.hold)
          .forEach(rule -> terms.add(rule.hold()));
    }
    if (liftable.isEmpty() || terms.isEmpty()) {
      return null; // whoever could approve is not known
    }
    String before = "";
    if (decision instanceof Decision.Held held) {
      terms.add(held.hold());
      before = held.reason() + "; ";
    }
    Rule.Hold hold = Terms.strictest(terms);
    String shown =
        new TreeSet<>(liftable.stream().map(Column::toString).toList())
            .stream().collect(Collectors.joining(", "));
    return new Lift(
        liftable,
        new Decision.Held(
            lifting.getFirst().name() + RULE,
            before + "lifts the masks of " + shown + ": needs " + Words.terms(hold),
            hold));
  }

  private static boolean names(Duty duty, Column column) {
    return duty.unmask().stream().anyMatch(column::matches);
  }
}
