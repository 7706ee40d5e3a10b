package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name that PostgreSQL gives a column of a result that has none of its own (parse_target.c,
 * FigureColname).
 *
 * @param text null where it is not certain
 * @param strong whether a cast or CASE around it keeps it
 */
record ColumnName(@Nullable String text, boolean strong) {
  private static final ColumnName NONE = new ColumnName("?column?", false);
  private static final ColumnName UNCERTAIN = new ColumnName(null, true);
  private static final int DEEPEST = 64;

  /** The name of a target. */
  static @Nullable String of(Node target) {
    String written = target.text("name");
    Node value = target.node("val");
    return !written.isEmpty() || value == null ? written : of(value, 0).text();
  }

  private static ColumnName of(Node node, int depth) {
    if (depth > DEEPEST) {
      return UNCERTAIN;
    }
    return switch (node.type()) {
      case "ColumnRef" -> last(node.nodes("fields"));
      case "A_Indirection" -> {
        ColumnName field = last(node.nodes("indirection"));
        Node of = node.node("arg");
        yield field.strong() || of == null ? field : of(of, depth + 1);
      }
      case "FuncCall" -> last(node.nodes("funcname"));
      case "TypeCast" -> {
        Node of = node.node("arg");
        Node type = node.node("typeName");
        ColumnName inner = of == null ? NONE : of(of, depth + 1);
        yield inner.strong() || type == null
            ? inner
            : new ColumnName(last(type.nodes("names")).text(), false);
      }
      case "CollateClause" -> {
        Node of = node.node("arg");
        yield of == null ? NONE : of(of, depth + 1);
      }
      case "CaseExpr" -> {
        Node otherwise = node.node("defresult");
        ColumnName inner = otherwise == null ? NONE : of(otherwise, depth + 1);
        yield inner.strong() ? inner : new ColumnName("case", false);
      }
      case "A_ArrayExpr" -> new ColumnName("array", true);
      case "RowExpr" -> new ColumnName("row", true);
      case "CoalesceExpr" -> new ColumnName("coalesce", true);
      case "GroupingFunc" -> new ColumnName("grouping", true);
      case "MinMaxExpr" ->
          new ColumnName(node.text("op").equals("IS_LEAST") ? "least" : "greatest", true);
      case "A_Expr" ->
          node.text("kind").equals("AEXPR_NULLIF") ? new ColumnName("nullif", true) : NONE;
      case "A_Const", "ParamRef", "BoolExpr", "NullTest", "BooleanTest" -> NONE;
      default -> UNCERTAIN;
    };
  }

  private static ColumnName last(List<Node> parts) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (parts.get(i).is("String")) {
        return new ColumnName(parts.get(i).text("sval"), true);
      }
    }
    return NONE;
  }
}
