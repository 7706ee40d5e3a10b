package countersign.duty;

import countersign.event.Clear;
import countersign.event.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.axonframework.eventsourcing.annotation.EventTag;

/** Changes of what may be decided. Folding them in order gives the {@link Rulebook}. */
public sealed interface DutyEvent extends Event {

  /**
   * A duty came into force or changed. Version 2 may lift masks; in version 1 none did. In version
   * 3 it may ask for a loss contract.
   *
   * @param stream always {@code rulebook}: one consistency boundary for all configuration
   * @param by principal who declared it; {@code config-file} for the file at start
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "DutyDeclared", version = "3")
  record Declared(@Clear @EventTag(key = "configuration") String stream, Duty duty, String by)
      implements DutyEvent {}

  /** A duty is no longer in force. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "DutyRemoved", version = "1")
  record Removed(@Clear @EventTag(key = "configuration") String stream, String name, String by)
      implements DutyEvent {}

  /** Who is who and who holds which power, whole. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "DirectoryDeclared",
      version = "1")
  record DirectoryDeclared(
      @Clear @EventTag(key = "configuration") String stream,
      List<Rulebook.Person> people,
      List<Rulebook.Agent> agents,
      Map<String, Set<String>> powers,
      String by)
      implements DutyEvent {}

  /**
   * A process configuration was read at start.
   *
   * @param sha256 of the file's bytes, lower-case hex
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "ConfigurationLoaded",
      version = "1")
  record ConfigurationLoaded(
      @Clear @EventTag(key = "configuration") String stream, @Clear String sha256, String file)
      implements DutyEvent {}
}
