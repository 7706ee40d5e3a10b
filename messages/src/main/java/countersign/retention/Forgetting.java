package countersign.retention;

import countersign.session.SessionId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A part that may hold something of a session, in memory or in rows, and can drop it. */
public interface Forgetting {

  /** Names the part in {@code ErasureCompleted}. */
  String name();

  /**
   * Drops everything of these sessions. Idempotent: it is asked again after a crash.
   *
   * @param position position of the newest {@code ErasureRequested} that names them
   * @return completes when nothing is left; exceptionally when that cannot be said, and then it is
   *     asked again
   */
  CompletionStage<Void> forget(Set<SessionId> sessions, long position);
}
