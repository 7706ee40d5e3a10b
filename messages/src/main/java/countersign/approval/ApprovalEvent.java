package countersign.approval;

import countersign.event.Clear;
import countersign.event.Event;
import countersign.event.FormerlyClear;
import countersign.identity.Principal;
import countersign.operation.OperationId;
import countersign.session.SessionId;
import java.time.Instant;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.jspecify.annotations.Nullable;

/** The life of one approval. Sealed under the key of the session that asked. */
public sealed interface ApprovalEvent extends Event {

  /** The approval. */
  ApprovalId id();

  /** The session whose key seals the event. */
  SessionId session();

  /**
   * An operation waits.
   *
   * @param repeat what finds a request that outlives its session, blinded under a key of the store;
   *     null for one that ends with it
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "ApprovalRequested",
      version = "1")
  record Requested(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      @Clear Instant expires,
      @Clear @EventTag(key = "repeat") @Nullable String repeat,
      HeldOperation held)
      implements ApprovalEvent {}

  /**
   * One person said yes.
   *
   * @param complete whether the quorum is reached with this answer
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Approved", version = "1")
  record Approved(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      @Clear boolean complete,
      Principal by)
      implements ApprovalEvent {}

  /** One person put another text in its place; earlier answers no longer count. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Modified", version = "1")
  record Modified(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      @Clear boolean complete,
      Principal by,
      String text)
      implements ApprovalEvent {}

  /** A person said no. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Denied", version = "1")
  record Denied(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      Principal by,
      String reason)
      implements ApprovalEvent {}

  /** Nobody answered in time. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Expired", version = "1")
  record Expired(
      @Clear @EventTag(key = "approval") ApprovalId id, @Clear SessionId session, @Clear Instant at)
      implements ApprovalEvent {}

  /** The caller, or the loss of caller or target, ended the wait. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Withdrawn", version = "1")
  record Withdrawn(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      String why)
      implements ApprovalEvent {}

  /** It ran, or is about to: never again. */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "Used", version = "2")
  record Used(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      @Clear OperationId operation,
      @FormerlyClear(until = 1) String digest)
      implements ApprovalEvent {}

  /** Somebody who may not answer tried to. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "ApprovalAttemptRefused",
      version = "1")
  record AttemptRefused(
      @Clear @EventTag(key = "approval") ApprovalId id,
      @Clear SessionId session,
      @Clear Instant at,
      Principal by,
      String attempt,
      String reason)
      implements ApprovalEvent {}
}
