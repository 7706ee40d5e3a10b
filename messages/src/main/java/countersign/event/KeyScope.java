package countersign.event;

import countersign.session.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Which key seals an event: the key of a session, so that erasing the session erases every word of
 * it, or the key of the store for what belongs to no session.
 */
public sealed interface KeyScope {

  /** Sealed under the session's key. */
  record OfSession(SessionId session) implements KeyScope {}

  /** Sealed under the store's own key: duties, targets, edges. */
  record OfStore() implements KeyScope {}

  /**
   * Returns the scope for an event that may belong to a session.
   *
   * @param session the session, or null for none
   */
  static KeyScope of(@Nullable SessionId session) {
    return session == null ? new OfStore() : new OfSession(session);
  }
}
