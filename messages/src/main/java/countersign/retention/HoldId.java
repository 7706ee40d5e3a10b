package countersign.retention;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import countersign.event.TimeOrderedId;
import java.util.UUID;

/** Identifies a legal hold (UUIDv7). */
public record HoldId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public HoldId {}

  /** Returns a new id. */
  public static HoldId next() {
    return new HoldId(TimeOrderedId.next());
  }

  /**
   * Parses the canonical form.
   *
   * @throws IllegalArgumentException if it is not a UUID
   */
  public static HoldId parse(String text) {
    return new HoldId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
