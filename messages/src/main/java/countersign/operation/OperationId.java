package countersign.operation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import countersign.event.TimeOrderedId;
import java.util.UUID;

/** Identifies an operation (UUIDv7). */
public record OperationId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public OperationId {}

  /** Returns a new id. */
  public static OperationId next() {
    return new OperationId(TimeOrderedId.next());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
