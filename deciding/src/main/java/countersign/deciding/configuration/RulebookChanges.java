package countersign.deciding.configuration;

import countersign.duty.Duty;
import countersign.duty.DutyEvent;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.target.Target;
import countersign.target.TargetEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a configuration file changes about the rules in force. */
public final class RulebookChanges {
  private RulebookChanges() {}

  /** Principal that changes of the file are declared by. */
  public static final String BY = "config-file";

  /** Stream of all configuration events. */
  public static final String STREAM = "rulebook";

  /**
   * Compares the rules in force with what a file wants.
   *
   * @return {@code DutyEvent}s and {@code TargetEvent}s that lead from one to the other, all by
   *     {@link #BY}, to be appended together: directory, targets, duties, then what is removed.
   *     Empty when nothing changes
   */
  public static List<Event> between(Rulebook current, Configuration wanted) {
    List<Event> changes = new ArrayList<>();
    if (!current.people().equals(wanted.people())
        || !current.agents().equals(wanted.agents())
        || !current.powers().equals(wanted.powers())) {
      changes.add(
          new DutyEvent.DirectoryDeclared(
              STREAM, wanted.people(), wanted.agents(), wanted.powers(), BY));
    }
    for (Target target : wanted.targets()) {
      if (!target.equals(current.targets().get(target.name()))) {
        changes.add(new TargetEvent.Declared(STREAM, target, BY));
      }
    }
    for (Duty duty : wanted.duties()) {
      if (!duty.equals(current.duties().get(duty.name()))) {
        changes.add(new DutyEvent.Declared(STREAM, duty, BY));
      }
    }
    Set<String> duties = wanted.duties().stream().map(Duty::name).collect(Collectors.toSet());
    for (String gone : without(current.duties().keySet(), duties)) {
      changes.add(new DutyEvent.Removed(STREAM, gone, BY));
    }
    Set<String> targets = wanted.targets().stream().map(Target::name).collect(Collectors.toSet());
    for (String gone : without(current.targets().keySet(), targets)) {
      changes.add(new TargetEvent.Removed(STREAM, gone, BY));
    }
    return List.copyOf(changes);
  }

  private static Set<String> without(Set<String> names, Set<String> wanted) {
    Set<String> gone = new TreeSet<>(names);
    gone.removeAll(wanted);
    return gone;
  }
}
