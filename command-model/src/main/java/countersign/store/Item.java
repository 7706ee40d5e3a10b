package countersign.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is accepted or rejected as one: alone, and all of it or nothing.
 *
 * @param drafts one or more events, in order
 * @param condition what must hold for it to be accepted, null for nothing
 * @param urgency what goes first when a batch is full
 */
public record Item(List<Draft> drafts, @Nullable Condition condition, Urgency urgency) {
  public Item {
    drafts = List.copyOf(drafts);
    if (drafts.isEmpty()) {
      throw new IllegalArgumentException("drafts: [] (expected: at least one event)");
    }
  }
}
