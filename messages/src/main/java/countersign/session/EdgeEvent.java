package countersign.session;

import countersign.event.Clear;
import countersign.event.Event;
import java.time.Instant;
import org.axonframework.eventsourcing.annotation.EventTag;

/** The life of edges, as control sees it. */
public sealed interface EdgeEvent extends Event {

  /** The incarnation this is about. */
  EdgeId edge();

  /** An edge began to take sessions. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "EdgeStarted", version = "1")
  record Started(
      @Clear EdgeId edge,
      @Clear @EventTag(key = "edges") String life,
      @Clear Instant at,
      String host)
      implements EdgeEvent {}

  /** An edge is gone; its sessions were closed with their gap and its holds withdrawn. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "EdgeFenced", version = "1")
  record Fenced(
      @Clear EdgeId edge,
      @Clear @EventTag(key = "edges") String life,
      @Clear long sessions,
      @Clear Instant at)
      implements EdgeEvent {}
}
