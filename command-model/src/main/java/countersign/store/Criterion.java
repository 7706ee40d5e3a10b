package countersign.store;

import countersign.session.SessionId;
import java.util.Set;

/**
 * Matches events that carry all of the tags and have any of the types; an empty set asks nothing.
 *
 * @param tags {@code key=value}
 * @param types names of events without version
 */
public record Criterion(Set<String> tags, Set<String> types) {
  public Criterion {
    tags = Set.copyOf(tags);
    types = Set.copyOf(types);
  }

  /**
   * Matches the events of one session's sequence. The tag {@code session} is reserved: it is never
   * stored, it is answered from the event's own session.
   */
  public static Criterion session(SessionId session, Set<String> types) {
    return new Criterion(Set.of("session=" + session), types);
  }

  /** Matches events with this tag. */
  public static Criterion tag(String key, String value) {
    return new Criterion(Set.of(key + "=" + value), Set.of());
  }
}
