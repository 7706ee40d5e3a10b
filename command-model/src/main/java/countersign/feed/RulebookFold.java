package countersign.feed;

import countersign.duty.Duty;
import countersign.duty.DutyEvent;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.store.Criterion;
import countersign.store.StoredEvent;
import countersign.target.Target;
import countersign.target.TargetEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Folds the events of the configuration, in order, into the rulebook in force. Pure. */
public final class RulebookFold {
  /** What the rulebook is folded from. */
  public static final Criterion EVENTS = Criterion.tag("configuration", "rulebook");

  private RulebookFold() {}

  /**
   * Returns the rulebook after more events.
   *
   * @throws IllegalStateException if one of them cannot be read: nothing may be decided then
   */
  public static Rulebook fold(Rulebook rulebook, List<StoredEvent> events) {
    Rulebook folded = rulebook;
    for (StoredEvent stored : events) {
      if (stored.position() > folded.version()) {
        folded = fold(folded, stored.position(), stored.event());
      }
    }
    return folded;
  }

  private static Rulebook fold(Rulebook book, long position, Event event) {
    return switch (event) {
      case DutyEvent duty -> fold(book, position, duty);
      case TargetEvent target -> fold(book, position, target);
      default ->
          throw new IllegalStateException(
              "position "
                  + position
                  + ": "
                  + event.getClass().getSimpleName()
                  + " (expected: an event of the configuration that can be read)");
    };
  }

  private static Rulebook fold(Rulebook book, long position, DutyEvent event) {
    return switch (event) {
      case DutyEvent.Declared e ->
          withDuties(book, position, with(book.duties(), e.duty().name(), e.duty()));
      case DutyEvent.Removed e -> withDuties(book, position, without(book.duties(), e.name()));
      case DutyEvent.DirectoryDeclared e ->
          new Rulebook(position, book.duties(), book.targets(), e.people(), e.agents(), e.powers());
      case DutyEvent.ConfigurationLoaded _ -> withDuties(book, position, book.duties());
    };
  }

  private static Rulebook fold(Rulebook book, long position, TargetEvent event) {
    return switch (event) {
      case TargetEvent.Declared e ->
          withTargets(book, position, with(book.targets(), e.target().name(), e.target()));
      case TargetEvent.Removed e -> withTargets(book, position, without(book.targets(), e.name()));
    };
  }

  private static Rulebook withDuties(Rulebook book, long position, Map<String, Duty> duties) {
    return new Rulebook(
        position, duties, book.targets(), book.people(), book.agents(), book.powers());
  }

  private static Rulebook withTargets(Rulebook book, long position, Map<String, Target> targets) {
    return new Rulebook(
        position, book.duties(), targets, book.people(), book.agents(), book.powers());
  }

  private static <T> Map<String, T> with(Map<String, T> map, String name, T value) {
    Map<String, T> changed = new HashMap<>(map);
    changed.put(name, value);
    return changed;
  }

  private static <T> Map<String, T> without(Map<String, T> map, String name) {
    Map<String, T> changed = new HashMap<>(map);
    changed.remove(name);
    return changed;
  }
}
