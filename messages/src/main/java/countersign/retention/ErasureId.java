package countersign.retention;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import countersign.event.TimeOrderedId;
import java.util.UUID;

/** Identifies an erasure (UUIDv7). */
public record ErasureId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ErasureId {}

  /** Returns a new id. */
  public static ErasureId next() {
    return new ErasureId(TimeOrderedId.next());
  }

  /**
   * Parses the canonical form.
   *
   * @throws IllegalArgumentException if it is not a UUID
   */
  public static ErasureId parse(String text) {
    return new ErasureId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
