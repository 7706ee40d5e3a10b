package countersign.wire.postgres.grammar;

import java.util.List;

/** What the grammar says of a text. */
public sealed interface Parse {

  /** Major version of PostgreSQL whose grammar said it. */
  int major();

  /**
   * It is SQL.
   *
   * @param statements its statements in order as RawStmt nodes; empty for an empty text
   */
  record Tree(int major, List<Node> statements) implements Parse {
    public Tree {
      statements = List.copyOf(statements);
    }
  }

  /**
   * It is not SQL: a server of this version refuses it too.
   *
   * @param why PostgreSQL's own message, which may quote the text
   * @param cursor where in the text, in characters from 1; 0 for nowhere
   */
  record Rejected(int major, String why, int cursor) implements Parse {}

  /**
   * Nobody knows: too long, too deep, out of time, or the grammar failed.
   *
   * @param why what stood in the way; quotes nothing
   */
  record Failed(int major, String why) implements Parse {}
}
