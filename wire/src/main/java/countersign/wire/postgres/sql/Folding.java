package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import java.util.HashSet;
import java.util.Set;

/**
 * What planning would compute of an expression that belongs to a table: the parts that depend on no
 * column. Such an expression stands in an index, a check, a partition key or statistics, and is
 * simplified whenever a statement reads the table.
 */
final class Folding {
  /** What is named where nothing depends on a column. */
  final Uses constant = new Uses();

  /** Every function that is called; one in SQL is unfolded in place and simplified too. */
  final Set<Name> called = new HashSet<>();

  private Folding() {}

  static Folding of(Node expression) {
    Folding folding = new Folding();
    folding.visit(expression);
    return folding;
  }

  /** Whether something below depends on a column. */
  private boolean visit(Node node) {
    if (node.is("FuncCall")) {
      called.add(Name.of(node.strings("funcname")));
    }
    boolean[] depends = {node.is("ColumnRef")};
    node.forEachChild(child -> depends[0] |= visit(child));
    if (!depends[0]) {
      switch (node.type()) {
        case "FuncCall" -> constant.add(constant.functions, Name.of(node.strings("funcname")));
        case "A_Expr" -> constant.add(constant.operators, Name.of(node.strings("name")));
        case "TypeName" -> constant.add(constant.types, Name.of(node.strings("names")));
        default -> {}
      }
    }
    return depends[0];
  }
}
