package countersign.target;

import countersign.event.Clear;
import countersign.event.Event;
import org.axonframework.eventsourcing.annotation.EventTag;

/** Changes of targets; part of the rulebook's stream. */
public sealed interface TargetEvent extends Event {

  /**
   * A target came or changed. Version 2 has masks, version 3 leases; before that there were none.
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "TargetDeclared",
      version = "3")
  record Declared(@Clear @EventTag(key = "configuration") String stream, Target target, String by)
      implements TargetEvent {}

  /** A target is gone; open sessions on it end at their next operation. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "TargetRemoved", version = "1")
  record Removed(@Clear @EventTag(key = "configuration") String stream, String name, String by)
      implements TargetEvent {}
}
