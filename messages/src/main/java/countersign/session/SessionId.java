package countersign.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import countersign.event.TimeOrderedId;
import java.util.UUID;

/** Identifies a session (UUIDv7). */
public record SessionId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionId {}

  /** Returns a new id. */
  public static SessionId next() {
    return new SessionId(TimeOrderedId.next());
  }

  /**
   * Parses the canonical form.
   *
   * @throws IllegalArgumentException if it is not a UUID
   */
  public static SessionId parse(String text) {
    return new SessionId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
