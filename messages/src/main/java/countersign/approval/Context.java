package countersign.approval;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What helps a person decide beside the operation itself.
 *
 * @param ticket number of a ticket that the caller stated, empty for none; not verified
 * @param relations relations it names, with the schema they were found in; empty where nothing
 *     could be read
 * @param everyRow relations, as written, of which it changes or removes every row
 * @param rowsEstimated rows that the target's planner expects it to read or touch; null when nobody
 *     asked it
 * @param plan the planner's plan as text, empty when nobody asked it
 */
public record Context(
    String ticket,
    List<String> relations,
    List<String> everyRow,
    @Nullable Long rowsEstimated,
    String plan) {
  /** Nothing is known. */
  public static final Context NONE = new Context("", List.of(), List.of(), null, "");

  public Context {
    relations = List.copyOf(relations);
    everyRow = List.copyOf(everyRow);
  }
}
