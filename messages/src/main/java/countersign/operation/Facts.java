package countersign.operation;

import java.util.List;

/**
 * What was read out of an operation's text.
 *
 * @param grammar what read it, such as {@code libpg_query-17}, with the target's version where it
 *     is another
 * @param statements the statements of a simple Query in order; one entry otherwise
 * @param relations relations named, with the schema they were found in; as written where none has
 *     it
 * @param functions functions named, as written
 */
public record Facts(
    String grammar, List<String> statements, List<String> relations, List<String> functions) {
  /** Nothing is known. */
  public static final Facts NONE = new Facts("none", List.of(), List.of(), List.of());

  public Facts {
    statements = List.copyOf(statements);
    relations = List.copyOf(relations);
    functions = List.copyOf(functions);
  }
}
