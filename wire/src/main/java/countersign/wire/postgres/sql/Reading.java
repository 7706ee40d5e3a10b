package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.operation.Facts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a text of one or more statements does.
 *
 * @param statements the statements in order, empty ones between semicolons left out; a text that
 *     cannot be split is one {@link Statement.Unknown}
 * @param effects union of the statements' effects
 * @param facts statements, relations and functions as written
 * @param touchesNames whether, once it has run, a name in this session may mean something else: it
 *     sets {@code search_path} or runs code that could. From then on the session is to be read with
 *     {@code namesTrusted = false}
 */
public record Reading(
    List<Statement> statements, Set<Effect> effects, Facts facts, boolean touchesNames) {
  public Reading {
    statements = List.copyOf(statements);
    effects = Set.copyOf(effects);
  }

  /** Whether it reads and does nothing else: what may run in a read-only transaction. */
  public boolean onlyReads() {
    return effects.equals(EnumSet.of(Effect.read));
  }

  /** Whether there is nothing in it: an empty query. */
  public boolean isEmpty() {
    return statements.isEmpty();
  }
}
