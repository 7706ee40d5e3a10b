package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.grammar.Parse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tree of a text says by itself, whatever the session and the target's catalogue.
 * Immutable once made, thread-safe; it may be kept for the exact text and the version of the
 * grammar.
 *
 * @param grammar major version of the grammar that read it
 * @param failure why there is no tree; null when there is one
 * @param rejected what the grammar said of a text that is no SQL; null otherwise
 * @param parts its statements in order; one when there is no tree
 */
public record Analysed(
    int grammar, @Nullable String failure, Parse.@Nullable Rejected rejected, List<Part> parts) {
  public Analysed {
    parts = List.copyOf(parts);
  }

  /** What a statement does to the meaning of what follows it. */
  enum Touch {
    /** Nothing. */
    nothing,
    /** Tables and what belongs to them: no code. */
    tables,
    /** Code that a name may stand for: a function, a view, a type, an operator, a policy. */
    code,
    /** What the session's names mean: its path, its role, its prepared statements. */
    names
  }

  /**
   * One statement.
   *
   * @param statement as it was read, its effects without what the catalogue adds
   * @param uses what the catalogue must answer for
   * @param tree its tree; null when there is none
   */
  record Part(Statement statement, Uses uses, Touch touch, @Nullable Node tree) {}
}
