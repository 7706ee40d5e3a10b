package countersign.session;

import countersign.event.Clear;
import countersign.event.Event;
import countersign.identity.Principal;
import java.time.Instant;
import org.axonframework.eventsourcing.annotation.EventTag;

/**
 * What people do to a session from outside of it. Sealed under the session's key, but not part of
 * its sequence: the session's edge stays the only one who numbers.
 */
public sealed interface OversightEvent extends Event {

  /** The session it is about. */
  SessionId session();

  /** Somebody was about to read what was typed or seen; durable before a byte of it is given. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "ContentOpened", version = "1")
  record ContentOpened(
      @Clear @EventTag(key = "content") SessionId session,
      @Clear Instant at,
      Principal by,
      String what,
      String purpose)
      implements OversightEvent {}

  /** Somebody who may do so asked for the end of a session; its edge ends it. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "SessionTerminateRequested",
      version = "1")
  record TerminateRequested(
      @Clear @EventTag(key = "terminate") SessionId session,
      @Clear Instant at,
      Principal by,
      String reason)
      implements OversightEvent {}
}
