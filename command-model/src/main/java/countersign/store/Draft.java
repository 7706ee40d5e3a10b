package countersign.store;

import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.session.SessionId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event to append.
 *
 * @param event a record with Axon's {@code @Event(name, version)}; not changed afterwards
 * @param scope whose key seals it
 * @param session the session whose sequence it belongs to, null for none. An approval's events are
 *     sealed under their session's key without belonging to its sequence
 * @param sessionSeq its number in that sequence, from 0; -1 without a session
 * @param tags {@code key=value}, what {@link Criterion} finds it by
 */
public record Draft(
    Event event, KeyScope scope, @Nullable SessionId session, long sessionSeq, Set<String> tags) {
  public Draft {
    tags = Set.copyOf(tags);
    if (session == null ? sessionSeq != -1 : sessionSeq < 0) {
      throw new IllegalArgumentException(
          "sessionSeq: " + sessionSeq + " (expected: -1 without a session, else 0 or more)");
    }
  }

  /** An event that belongs to no session's sequence. */
  public static Draft of(Event event, KeyScope scope, Set<String> tags) {
    return new Draft(event, scope, null, -1, tags);
  }
}
