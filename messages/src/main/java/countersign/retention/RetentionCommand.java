package countersign.retention;

import countersign.identity.Principal;
import countersign.session.SessionId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people may ask about holds and erasures. Refusals are {@link RetentionRefused}. */
public sealed interface RetentionCommand {

  /** Who asks, authenticated. */
  Principal by();

  /** Why; 1 to 1,000 characters. */
  String reason();

  /**
   * Forbids to erase; needs the power {@code audit}.
   *
   * @param session one session; null when it is about a principal
   * @param principal name of a principal in the chain, or of the person behind it; empty when it is
   *     about a session
   */
  record PlaceHold(
      HoldId id, @Nullable SessionId session, String principal, Principal by, String reason)
      implements RetentionCommand {}

  /** Ends a hold; needs the power {@code audit}. */
  record LiftHold(HoldId id, Principal by, String reason) implements RetentionCommand {}

  /**
   * Erases sessions that have ended; needs the power {@code administer}. All or none of them;
   * sessions that were erased before are left out, and when nothing is left nothing happens.
   *
   * @param sessions 1 to {@value #MOST} sessions
   * @param principal name in the chain of all of them, empty when nothing is said about it
   */
  record Erase(ErasureId id, Set<SessionId> sessions, String principal, Principal by, String reason)
      implements RetentionCommand {
    /** Most sessions of one command. */
    public static final int MOST = 500;

    public Erase {
      sessions = Set.copyOf(sessions);
    }
  }
}
