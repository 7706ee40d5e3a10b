package countersign.session;

import countersign.identity.Principal;
import org.axonframework.modelling.annotation.TargetEntityId;

/** What people may ask about a session. Refusals are {@link SessionRefused}. */
public sealed interface SessionCommand {

  /** The session it is about. */
  SessionId session();

  /** Who asks, authenticated. */
  Principal by();

  /**
   * Ends a session. Allowed to who holds {@code respond} and to the session's own people.
   *
   * @param reason words for the caller of the session, at most 1,000 characters
   */
  record Terminate(@TargetEntityId SessionId session, Principal by, String reason)
      implements SessionCommand {}

  /**
   * Notes that content is about to be read; whoever serves content waits for its completion.
   *
   * @param what {@code recording}, {@code timeline}, {@code operations} or {@code approval}
   * @param purpose stated purpose, empty where none is asked, at most 1,000 characters
   */
  record OpenContent(@TargetEntityId SessionId session, Principal by, String what, String purpose)
      implements SessionCommand {}
}
