package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Scope.Item;
import countersign.wire.postgres.sql.Shown.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows columns through changes of data, into what they write. Confined to one lineage. */
final class Changes {
  private final Lineage lineage;

  Changes(Lineage lineage) {
    this.lineage = lineage;
  }

  private Item target(Node node) {
    Node range = node.node("relation");
    return range == null ? new Item("", "", Shown.ANYTHING) : lineage.target(range);
  }

  /** The column of the target that a name means; null when it is not certain. */
  private static Origin.@Nullable Column column(Item target, String name) {
    Origin origin = target.shown().certain(name);
    return origin != null && origin.columns().size() == 1
        ? origin.columns().iterator().next()
        : null;
  }

  private void assign(List<Node> assignments, Item target, Scope scope) {
    for (Node assignment : assignments) {
      Node value = assignment.node("val");
      if (value != null) {
        lineage.flow(column(target, assignment.text("name")), lineage.value(value, scope));
      }
      place(assignment, target, scope);
    }
  }

  /** Where in an array something is written is as good as written there. */
  private void place(Node assignment, Item target, Scope scope) {
    for (Node part : assignment.nodes("indirection")) {
      lineage.flow(
          column(target, assignment.text("name")), lineage.children(part, scope).computed());
    }
  }

  Shown insert(Node insert, Scope scope) {
    Item target = target(insert);
    Node query = insert.node("selectStmt");
    Shown source = query == null ? Shown.of(List.of()) : lineage.statement(query, scope);
    List<String> into =
        insert.has("cols")
            ? insert.nodes("cols").stream().map(column -> column.text("name")).toList()
            : target.shown().columns() == null
                ? List.of()
                : target.shown().columns().stream().map(f -> String.valueOf(f.name())).toList();
    insert.nodes("cols").forEach(column -> place(column, target, scope));
    List<Field> values = source.columns();
    if (values == null || values.size() > into.size()) {
      lineage.flow(null, source.every());
    } else {
      for (int i = 0; i < values.size(); i++) {
        lineage.flow(column(target, into.get(i)), values.get(i).origin());
      }
    }
    scope.items.add(target);
    Node conflict = insert.node("onConflictClause");
    if (conflict != null) {
      Item excluded = new Item("", "excluded", excluded(target.shown(), into, source));
      Scope both = scope.with(List.of(target, excluded));
      assign(conflict.nodes("targetList"), target, both);
      lineage.steer(conflict.nodes("whereClause"), both);
      Node infer = conflict.node("infer");
      if (infer != null) {
        lineage.steer(infer.nodes("whereClause"), both);
      }
    }
    return returning(insert, scope, target.shown().columns());
  }

  /** The row that was to be inserted. */
  private static Shown excluded(Shown target, List<String> into, Shown source) {
    List<Field> columns = target.columns();
    List<Field> values = source.columns();
    if (columns == null || values == null || values.size() > into.size()) {
      return new Shown(null, target.every().and(source.every()));
    }
    List<Field> row = new ArrayList<>();
    for (Field column : columns) {
      int at = column.name() == null ? -1 : into.indexOf(column.name());
      boolean given = at >= 0 && at < values.size();
      row.add(new Field(column.name(), given ? values.get(at).origin() : Origin.NONE));
    }
    return Shown.of(row);
  }

  Shown change(Node node, Scope scope) {
    Item target = target(node);
    scope.items.add(target);
    List<Node> sources = new ArrayList<>(node.nodes("fromClause"));
    sources.addAll(node.nodes("usingClause"));
    List<Field> star = lineage.from(sources, scope);
    List<Field> own = target.shown().columns();
    if (star != null && own != null) {
      star.addAll(0, own);
    }
    assign(node.is("UpdateStmt") ? node.nodes("targetList") : List.of(), target, scope);
    lineage.steer(node.nodes("whereClause"), scope);
    return returning(node, scope, own == null ? null : star);
  }

  Shown merge(Node merge, Scope scope) {
    Item target = target(merge);
    Node source = merge.node("sourceRelation");
    if (source != null) {
      scope.items.addAll(lineage.items(source, scope));
    }
    scope.items.add(target);
    lineage.steer(merge.nodes("joinCondition"), scope);
    for (Node when : merge.nodes("mergeWhenClauses")) {
      lineage.steer(when.nodes("condition"), scope);
      assign(when.nodes("targetList"), target, scope);
      when.nodes("values").forEach(value -> lineage.flow(null, lineage.value(value, scope)));
    }
    Shown shown = returning(merge, scope, null);
    return merge.has("returningList") ? new Shown(null, shown.every()) : shown;
  }

  private Shown returning(Node node, Scope scope, @Nullable List<Field> star) {
    if (!node.has("returningList")) {
      return Shown.of(List.of());
    }
    return lineage.targets(node.nodes("returningList"), scope, star);
  }
}
