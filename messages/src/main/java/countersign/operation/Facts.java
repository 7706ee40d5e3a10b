package countersign.operation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read out of an operation's text.
 *
 * @param grammar what read it, such as {@code libpg_query-17}, with the target's version where it
 *     is another
 * @param statements the statements of a simple Query in order; one entry otherwise
 * @param relations relations named, with the schema they were found in; as written where none has
 *     it
 * @param functions functions named, as written
 * @param everyRow relations, as written, of which an UPDATE or DELETE without WHERE or a TRUNCATE
 *     takes every row
 * @param rowsEstimated rows that the target's planner expects it to read or touch; null when nobody
 *     asked it
 */
public record Facts(
    String grammar,
    List<String> statements,
    List<String> relations,
    List<String> functions,
    List<String> everyRow,
    @Nullable Long rowsEstimated) {
  /** Nothing is known. */
  public static final Facts NONE =
      new Facts("none", List.of(), List.of(), List.of(), List.of(), null);

  public Facts {
    statements = List.copyOf(statements);
    relations = List.copyOf(relations);
    functions = List.copyOf(functions);
    everyRow = List.copyOf(everyRow);
  }

  /** The same with what the target's planner expects. */
  public Facts estimated(long rows) {
    return new Facts(grammar, statements, relations, functions, everyRow, rows);
  }
}
