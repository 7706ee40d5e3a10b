package countersign.retention;

import countersign.event.Clear;
import countersign.event.Event;
import countersign.identity.Principal;
import countersign.session.SessionId;
import java.time.Instant;
import java.util.List;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.jspecify.annotations.Nullable;

/**
 * Retention, hold and erasure; sealed under the store's key, so that they outlast the sessions they
 * are about. One stream, so that no erasure overtakes a hold.
 */
public sealed interface RetentionEvent extends Event {
  /** The one value of the tag {@code retention}. */
  String STREAM = "all";

  /** Rules of retention came into force, whole. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "RetentionDeclared",
      version = "1")
  record Declared(
      @Clear @EventTag(key = "retention") String stream, RetentionRules rules, String by)
      implements RetentionEvent {}

  /**
   * Somebody forbade to erase a session, or every session of a principal, also later ones.
   *
   * @param session the session; null when it is about a principal
   * @param principal name of a principal; empty when it is about a session
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "LegalHoldPlaced",
      version = "1")
  record HoldPlaced(
      @Clear @EventTag(key = "retention") String stream,
      @Clear HoldId id,
      @Clear Instant at,
      @Clear @Nullable SessionId session,
      String principal,
      Principal by,
      String reason)
      implements RetentionEvent {}

  /** A hold is over. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "LegalHoldLifted",
      version = "1")
  record HoldLifted(
      @Clear @EventTag(key = "retention") String stream,
      @Clear HoldId id,
      @Clear Instant at,
      Principal by,
      String reason)
      implements RetentionEvent {}

  /**
   * Sessions are to be erased: from here on nobody is shown anything of them, and the erasure goes
   * on until it is completed, whatever dies when. Also found by the tag {@code erased} of each
   * session.
   *
   * @param sessions what is erased; all had ended
   * @param cause {@code request} or {@code retention}
   * @param by who asked; null when retention ended
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "ErasureRequested",
      version = "1")
  record ErasureRequested(
      @Clear @EventTag(key = "retention") String stream,
      @Clear ErasureId id,
      @Clear Instant at,
      @Clear List<ErasedSession> sessions,
      @Clear String cause,
      @Nullable Principal by,
      String reason)
      implements RetentionEvent {
    public ErasureRequested {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * The keys are destroyed and everything that was made from the sessions is gone here.
   *
   * @param keys sessions whose keys are destroyed
   * @param acknowledged who dropped what they held: names of parts of Countersign
   * @param bundles ids ({@code evd-…}) of evidence bundles made before, which still hold what they
   *     disclose; of one whose event cannot be read any more, that event's id
   * @param feeds feeds that had passed content on
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "ErasureCompleted",
      version = "1")
  record ErasureCompleted(
      @Clear @EventTag(key = "retention") String stream,
      @Clear ErasureId id,
      @Clear Instant at,
      @Clear long keys,
      @Clear List<String> acknowledged,
      @Clear List<String> bundles,
      @Clear List<String> feeds)
      implements RetentionEvent {
    public ErasureCompleted {
      acknowledged = List.copyOf(acknowledged);
      bundles = List.copyOf(bundles);
      feeds = List.copyOf(feeds);
    }
  }

  /** What stays known of an erased session: that there was one, and when. */
  record ErasedSession(SessionId session, Instant openedAt, Instant endedAt) {}
}
