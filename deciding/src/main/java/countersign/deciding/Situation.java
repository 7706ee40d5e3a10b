package countersign.deciding;

import countersign.duty.Rule;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.operation.Operation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One operation with everything a rule may ask of it. A value that is not available makes a rule
 * match when it holds or blocks, never when it allows. Used by one thread.
 */
final class Situation {
  private static final Set<Effect> READS = Set.of(Effect.read);

  private final Operation operation;
  private final Instant now;
  private final List<Place> places;
  private final Map<String, Optional<Boolean>> conditions = new HashMap<>();
  private final Map<String, Optional<Boolean>> patterns = new HashMap<>();
  private @Nullable Map<String, Object> values;

  Situation(Operation operation, Instant now) {
    this.operation = operation;
    this.now = now;
    this.places = places(operation);
  }

  /** What an effect falls on: each must be allowed. */
  sealed interface Place {
    /** A relation that was read out of the text. */
    record Known(Relation relation, String written) implements Place {}

    /** Something the reading did not name, or named in a way we cannot look up. */
    record Unknown(String written) implements Place {}

    /** No relation at all, such as {@code select 1}. */
    record Nothing() implements Place {}
  }

  Operation operation() {
    return operation;
  }

  /** Where the effects fall, never empty. */
  List<Place> places() {
    return places;
  }

  /**
   * Relations are known only when the text was understood. Whatever creates, changes or destroys
   * touches something, so an empty list is an answer for plain reads alone.
   */
  private static List<Place> places(Operation operation) {
    List<String> relations = operation.facts().relations();
    if (operation.effects().contains(Effect.unknown)
        || operation.facts().grammar().equals("none")) {
      return List.of(new Place.Unknown(""));
    }
    if (relations.isEmpty()) {
      return List.of(
          READS.containsAll(operation.effects()) ? new Place.Nothing() : new Place.Unknown(""));
    }
    if (relations.size() == 1) {
      return List.of(place(relations.getFirst()));
    }
    return relations.stream().distinct().map(Situation::place).toList();
  }

  private static Place place(String written) {
    Optional<Relation> relation = Relation.read(written);
    return relation.isPresent()
        ? new Place.Known(relation.get(), written)
        : new Place.Unknown(written);
  }

  /** Says whether a rule speaks of an effect that falls on a place. */
  boolean matches(Rule rule, Effect effect, Place place) {
    return rule.effects().contains(effect)
        && onPlace(rule, place)
        && inText(rule)
        && underCondition(rule);
  }

  /** Whether a rule would match for what is known, and then depends on the planner's estimate. */
  boolean dependsOnEstimate(Rule rule) {
    return Condition.readsEstimate(rule.when())
        && rule.action() != Rule.Action.allow
        && operation.effects().stream().anyMatch(rule.effects()::contains)
        && places.stream().anyMatch(place -> onPlace(rule, place))
        && inText(rule);
  }

  private static boolean onPlace(Rule rule, Place place) {
    List<String> globs = rule.match().relations();
    if (globs.isEmpty()) {
      return true;
    }
    boolean allows = rule.action() == Rule.Action.allow;
    return switch (place) {
      case Place.Nothing _ -> allows;
      case Place.Unknown _ -> !allows;
      case Place.Known known ->
          globs.stream()
              .anyMatch(glob ->
                  allows ? known.relation().surelyMatches(glob) : known.relation().mayMatch(glob));
    };
  }

  private boolean inText(Rule rule) {
    if (rule.match().text().isEmpty()) {
      return true;
    }
    // A text can be written in too many ways to prove anything, so it never allows.
    return rule.action() != Rule.Action.allow
        && rule.match().text().stream().anyMatch(re2 -> found(re2).orElse(true));
  }

  private boolean underCondition(Rule rule) {
    if (rule.when().isEmpty()) {
      return true;
    }
    boolean allows = rule.action() == Rule.Action.allow;
    // A planner only guesses, so an estimate never allows.
    return !(allows && Condition.readsEstimate(rule.when())) && holds(rule.when()).orElse(!allows);
  }

  private Optional<Boolean> found(String re2) {
    return patterns.computeIfAbsent(re2, each -> Condition.found(each, operation.text()));
  }

  private Optional<Boolean> holds(String expression) {
    return conditions.computeIfAbsent(expression, each -> Condition.holds(each, values()));
  }

  private Map<String, Object> values() {
    Map<String, Object> known = values;
    if (known == null) {
      known = read();
      values = known;
    }
    return known;
  }

  private Map<String, Object> read() {
    Map<String, Object> read = new HashMap<>();
    if (operation.text().length() <= Condition.TEXT_LIMIT) {
      read.put("operation.text", operation.text());
    }
    if (places.stream().noneMatch(Place.Unknown.class::isInstance)) {
      read.put("operation.relations", relations());
      read.put("operation.functions", operation.facts().functions());
    }
    Long rows = operation.facts().rowsEstimated();
    if (rows != null) {
      read.put("operation.rowsEstimated", rows);
    }
    read.put("operation.effects", operation.effects().stream().sorted().map(Enum::name).toList());
    read.put("operation.target", operation.target());
    read.put("operation.database", operation.database());
    read.put("operation.role", operation.role());
    read.put("operation.reason", operation.statedReason());
    Principal.Hop acting = operation.principal().acting();
    read.put("principal.name", acting.name());
    read.put("principal.kind", acting.kind().name());
    read.put("principal.groups", acting.groups().stream().sorted().toList());
    read.put(
        "principal.chain",
        operation.principal().chain().stream().map(Principal.Hop::name).toList());
    read.put("now", now);
    return read;
  }

  private List<String> relations() {
    return places.stream()
        .filter(Place.Known.class::isInstance)
        .map(Place.Known.class::cast)
        .map(known ->
            known.relation().schema().isEmpty()
                ? known.relation().name()
                : known.relation().schema() + "." + known.relation().name())
        .toList();
  }
}
