package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Statement.Access;
import countersign.wire.postgres.sql.Statement.Verb;
import java.util.EnumSet;
import java.util.List;

/** Transaction control from its tree. */
final class TransactionStatement {
  private TransactionStatement() {}

  static Statement of(Node node, String text) {
    return switch (node.text("kind")) {
      case "TRANS_STMT_BEGIN", "TRANS_STMT_START" ->
          known(Verb.begin, access(node.nodes("options")), text);
      case "TRANS_STMT_COMMIT" -> known(Verb.commit, Access.unsaid, text);
      case "TRANS_STMT_ROLLBACK" -> known(Verb.rollback, Access.unsaid, text);
      case "TRANS_STMT_SAVEPOINT" -> known(Verb.savepoint, Access.unsaid, text);
      case "TRANS_STMT_RELEASE" -> known(Verb.release, Access.unsaid, text);
      case "TRANS_STMT_ROLLBACK_TO" -> known(Verb.rollbackTo, Access.unsaid, text);
      default ->
          new Statement.Unknown(
              text,
              EnumSet.of(Effect.session, Effect.change, Effect.unknown),
              "two-phase commit outlives the session");
    };
  }

  private static Statement known(Verb verb, Access access, String text) {
    return new Statement.Transaction(verb, access, text);
  }

  /** READ WRITE wins over READ ONLY, wherever they stand. */
  static Access access(List<Node> modes) {
    Access access = Access.unsaid;
    for (Node mode : modes) {
      if (mode.text("defname").equals("transaction_read_only")) {
        Node value = mode.node("arg");
        Node number = value == null ? null : value.node("ival");
        boolean readOnly = number != null && number.number("ival") == 1;
        access = readOnly && access != Access.readWrite ? Access.readOnly : Access.readWrite;
      }
    }
    return access;
  }
}
