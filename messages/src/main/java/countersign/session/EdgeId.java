package countersign.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import countersign.event.TimeOrderedId;
import java.util.UUID;

/** Identifies one incarnation of an edge: a new one at every start. */
public record EdgeId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public EdgeId {}

  /** Returns a new incarnation. */
  public static EdgeId next() {
    return new EdgeId(TimeOrderedId.next());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
