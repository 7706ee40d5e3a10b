package countersign.deciding.configuration;

import countersign.duty.Rulebook;
import countersign.event.Event;
import java.util.List;

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
   *     {@link #BY}; empty when nothing changes
   */
  public static List<Event> between(Rulebook current, Configuration wanted) {
    return List.of();
  }
}
