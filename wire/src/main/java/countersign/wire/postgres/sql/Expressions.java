package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Scope.Item;
import java.util.List;
import java.util.Set;

/**
 * Where the value of an expression comes from: from every column in it, unless it is known to say
 * nothing of their values. Confined to one {@link Lineage}.
 */
final class Expressions {
  /** Built-in functions that say nothing of what their arguments hold. */
  private static final Set<String> SILENT =
      Set.of("count", "num_nulls", "num_nonnulls", "pg_typeof", "pg_collation_for");

  /** Built-in functions that show what others said. */
  private static final Set<String> TELLING =
      Set.of("pg_stat_get_activity", "pg_stat_get_backend_activity");

  /** Types whose values are the text they were made from. */
  private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar");

  private final Lineage lineage;

  Expressions(Lineage lineage) {
    this.lineage = lineage;
  }

  Origin value(Node node, Scope scope) {
    return switch (node.type()) {
      case "ColumnRef" -> column(node, scope);
      case "A_Const", "ParamRef", "SQLValueFunction", "SetToDefault", "GroupingFunc", "String" ->
          Origin.NONE;
      case "TypeCast" -> cast(node, scope);
      case "CollateClause" -> lineage.value(node.node("arg"), scope);
      case "FuncCall" -> call(node, scope);
      case "NullTest" -> {
        computed(lineage.value(node.node("arg"), scope));
        yield Origin.NONE;
      }
      case "SubLink" -> subquery(node, scope);
      case "SelectStmt" -> lineage.statement(node, scope).every();
      case "A_Indirection" -> field(node, scope);
      case "CurrentOfExpr" -> Origin.ANYWHERE;
      case "TypeName" -> Origin.NONE;
      default -> lineage.children(node, scope).computed();
    };
  }

  private static Origin column(Node node, Scope scope) {
    List<Node> fields = node.nodes("fields");
    List<String> parts = node.strings("fields");
    if (fields.isEmpty()) {
      return Origin.ANYWHERE;
    }
    if (parts.size() < fields.size()) { // a star inside of an expression: count(p.*), row(p.*)
      Origin every = Origin.NONE;
      if (parts.isEmpty()) {
        for (Item item : scope.items) {
          every = every.and(item.shown().every());
        }
        return every.computed();
      }
      Item item = scope.item("", parts.getLast());
      return item == null ? Origin.ANYWHERE : item.shown().every().computed();
    }
    return switch (parts.size()) {
      case 1 -> scope.column(parts.getFirst());
      case 2 -> scope.field("", parts.getFirst(), parts.getLast());
      case 3, 4 ->
          scope.field(parts.get(parts.size() - 3), parts.get(parts.size() - 2), parts.getLast());
      default -> Origin.ANYWHERE;
    };
  }

  private Origin cast(Node node, Scope scope) {
    Origin of = lineage.value(node.node("arg"), scope);
    Node type = node.node("typeName");
    Name named = type == null ? Name.of(List.of()) : Name.of(type.strings("names"));
    boolean same =
        type != null
            && TEXTS.contains(named.name())
            && (!named.qualified() || named.schema().equals(Name.BUILT_IN))
            && !type.has("typmods")
            && !type.has("arrayBounds");
    return same ? of : of.computed();
  }

  private Origin call(Node call, Scope scope) {
    Name name = Name.of(call.strings("funcname"));
    if (TELLING.contains(name.name())) {
      return Origin.ANYWHERE;
    }
    Origin of = Origin.NONE;
    boolean silent = SILENT.contains(name.name());
    for (Node argument : call.nodes("args")) {
      Origin value = lineage.value(argument, scope);
      of = of.and(value);
      if (silent) {
        computed(value);
      }
      if (call.flag("agg_distinct")) {
        lineage.steer(value); // compares one with the other
      }
    }
    boolean within = call.flag("agg_within_group");
    for (Node order : call.nodes("agg_order")) {
      Origin by = lineage.children(order, scope);
      lineage.steer(by);
      of = within ? of.and(by) : of;
    }
    lineage.steer(lineage.value(call.node("agg_filter"), scope));
    Node over = call.node("over");
    if (over != null) {
      lineage.steer(lineage.children(over, scope));
    }
    return silent ? Origin.NONE : of.computed();
  }

  /** What is computed on the way may fail, and so tell of a value. */
  private void computed(Origin of) {
    if (!of.direct()) {
      lineage.steer(of);
    }
  }

  private Origin subquery(Node link, Scope scope) {
    Node query = link.node("subselect");
    Shown shown = query == null ? Shown.ANYTHING : lineage.statement(query, scope);
    Origin test = lineage.value(link.node("testexpr"), scope);
    return switch (link.text("subLinkType")) {
      case "EXISTS_SUBLINK" -> Origin.NONE;
      case "EXPR_SUBLINK" ->
          shown.columns() != null && shown.columns().size() == 1
              ? shown.columns().getFirst().origin()
              : shown.every();
      default -> shown.every().and(test).computed();
    };
  }

  /** {@code (x).f}: a column where x is a whole row; else something computed from x. */
  private Origin field(Node node, Scope scope) {
    Node of = node.node("arg");
    List<Node> parts = node.nodes("indirection");
    if (of != null && of.is("ColumnRef") && parts.size() == 1 && parts.getFirst().is("String")) {
      List<String> row = of.strings("fields");
      if (row.size() == 1 && of.nodes("fields").size() == 1 && !scope.mayBeColumn(row.getFirst())) {
        Item item = scope.item("", row.getFirst());
        if (item != null) {
          return scope.field("", row.getFirst(), parts.getFirst().text("sval"));
        }
      }
    }
    Origin all = lineage.value(of, scope);
    for (Node part : parts) {
      all = all.and(lineage.children(part, scope));
    }
    return all.computed();
  }
}
