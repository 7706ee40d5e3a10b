package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Provenance.Flow;
import countersign.wire.postgres.sql.Scope.Item;
import countersign.wire.postgres.sql.Shown.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows columns through one query or change of data, from the relations of the catalogue to its
 * result: through aliases, expressions, WITH, views, joins and set operations. What it does not
 * follow may come from anywhere. One use.
 */
final class Lineage {
  private static final int DEEPEST = 200;
  private static final int MOST_ROUNDS = 8;
  private static final int LARGEST = 100_000;

  private final Catalogue catalogue;
  private final Names names;
  private final Expressions expressions;
  private final Changes changes;
  private final Set<Integer> relations = new HashSet<>();
  private final List<Flow> flows = new ArrayList<>();
  private final int views;
  private Origin steers = Origin.NONE;
  private int depth;
  private int size;

  /** It is nested too deep or too large to be followed. */
  static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooMuch() {
      super(null, null, false, false);
    }
  }

  /**
   * Makes it.
   *
   * @param views how many views are being followed around it
   */
  Lineage(Catalogue catalogue, Names names, int views) {
    this.catalogue = catalogue;
    this.names = names;
    this.views = views;
    this.expressions = new Expressions(this);
    this.changes = new Changes(this);
  }

  Provenance provenance(Shown shown) {
    List<Field> columns = shown.columns();
    return new Provenance(
        columns == null ? null : columns.stream().map(Field::origin).toList(),
        shown.every(),
        steers,
        flows,
        relations,
        Provenance.Kind.plain,
        "",
        null);
  }

  /** Something that decides over rows. */
  void steer(Origin origin) {
    steers = steers.and(origin);
  }

  private void enter() {
    if (++depth > DEEPEST || ++size > LARGEST) {
      throw new TooMuch();
    }
  }

  private void leave() {
    depth--;
  }

  /** An expression; what it is read from is in the scope. */
  Origin value(@Nullable Node node, Scope scope) {
    if (node == null || node.is("A_Const")) { // constants are no part of how large it is
      return Origin.NONE;
    }
    enter();
    Origin origin = expressions.value(node, scope);
    leave();
    return origin;
  }

  void steer(List<Node> nodes, Scope scope) {
    nodes.forEach(node -> steer(value(node, scope)));
  }

  // Queries.

  /** A query or a change of data, in the scope around it. */
  Shown statement(Node node, Scope outer) {
    enter();
    Scope scope = new Scope(outer);
    with(node, scope);
    Shown shown =
        switch (node.type()) {
          case "SelectStmt" -> select(node, scope);
          case "InsertStmt" -> changes.insert(node, scope);
          case "UpdateStmt", "DeleteStmt" -> changes.change(node, scope);
          case "MergeStmt" -> changes.merge(node, scope);
          default -> Shown.ANYTHING;
        };
    leave();
    return shown;
  }

  private void with(Node node, Scope scope) {
    Node with = node.node("withClause");
    if (with == null) {
      return;
    }
    boolean recursive = with.flag("recursive");
    if (recursive) {
      with.nodes("ctes").forEach(cte -> scope.name(cte.text("ctename"), Shown.ANYTHING));
    }
    for (Node cte : with.nodes("ctes")) {
      Node query = cte.node("ctequery");
      String name = cte.text("ctename");
      List<String> columns = cte.strings("aliascolnames");
      Shown shown;
      if (query == null) {
        shown = Shown.ANYTHING;
      } else if (recursive && query.is("SelectStmt") && query.has("larg")) {
        shown = recursive(query, name, columns, scope);
      } else {
        shown = statement(query, scope).named(columns);
      }
      boolean more = cte.has("search_clause") || cte.has("cycle_clause");
      scope.name(name, more ? new Shown(null, shown.every()) : shown);
    }
  }

  /** Goes around until nothing new comes in. */
  private Shown recursive(Node query, String name, List<String> columns, Scope scope) {
    Node first = query.node("larg");
    Shown now = first == null ? Shown.ANYTHING : statement(first, scope).named(columns);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      scope.name(name, now);
      Shown next = statement(query, scope).named(columns).or(now);
      if (next.equals(now)) {
        return now;
      }
      now = next;
    }
    return Shown.ANYTHING;
  }

  private Shown select(Node select, Scope scope) {
    if (!select.text("op").equals("SETOP_NONE") && select.has("larg")) {
      return combined(select, scope);
    }
    if (select.has("valuesLists")) {
      return values(select, scope);
    }
    List<Field> star = from(select.nodes("fromClause"), scope);
    steer(select.nodes("whereClause"), scope);
    Shown shown = targets(select.nodes("targetList"), scope, star);
    for (String part : List.of("groupClause", "sortClause", "distinctClause")) {
      select.nodes(part).forEach(node -> steer(byOutput(node, shown, scope)));
    }
    if (select.has("distinctClause") && select.nodes("distinctClause").isEmpty()) {
      steer(shown.every()); // compares one row with the other
    }
    for (String part : List.of("havingClause", "windowClause", "limitCount", "limitOffset")) {
      steer(select.nodes(part), scope);
    }
    Node into = select.node("intoClause");
    if (into != null) {
      flow(null, shown.every());
    }
    return shown;
  }

  private Shown combined(Node select, Scope scope) {
    Node left = select.node("larg");
    Node right = select.node("rarg");
    if (left == null || right == null) {
      return Shown.ANYTHING;
    }
    Shown both = statement(left, scope).or(statement(right, scope));
    if (select.has("sortClause")
        || !select.flag("all")
        || !select.text("op").equals("SETOP_UNION")) {
      steer(both.every());
    }
    steer(select.nodes("limitCount"), scope);
    steer(select.nodes("limitOffset"), scope);
    return both;
  }

  private Shown values(Node select, Scope scope) {
    Shown all = null;
    for (Node row : select.nodes("valuesLists")) {
      List<Field> fields = new ArrayList<>();
      for (Node value : row.nodes("items")) {
        fields.add(new Field("column" + (fields.size() + 1), value(value, scope)));
      }
      Shown one = Shown.of(fields);
      all = all == null ? one : all.or(one);
    }
    if (select.has("sortClause") && all != null) {
      steer(all.every());
    }
    steer(select.nodes("limitCount"), scope);
    steer(select.nodes("limitOffset"), scope);
    return all == null ? Shown.ANYTHING : all;
  }

  /** What GROUP BY, ORDER BY or DISTINCT ON names: a place, a column of the result, anything. */
  private Origin byOutput(Node node, Shown shown, Scope scope) {
    Node value = node.is("SortBy") ? node.node("node") : node;
    if (value == null) {
      return Origin.NONE;
    }
    List<Field> columns = shown.columns();
    if (value.is("A_Const")) {
      Node number = value.node("ival");
      int place = number == null ? 0 : number.number("ival");
      return columns != null && place >= 1 && place <= columns.size()
          ? columns.get(place - 1).origin()
          : shown.every();
    }
    if (value.is("ColumnRef") && value.nodes("fields").size() == 1) {
      String name = String.join("", value.strings("fields"));
      Origin output = shown.certain(name);
      if (output != null) {
        return scope.mayBeColumn(name) ? output.and(scope.column(name)) : output;
      }
    }
    return value(value, scope);
  }

  /** The columns of a target list. */
  Shown targets(List<Node> targets, Scope scope, @Nullable List<Field> star) {
    List<Field> columns = new ArrayList<>();
    Origin every = Origin.NONE;
    boolean counted = true;
    for (Node target : targets) {
      Node value = target.node("val");
      if (value == null) {
        return Shown.ANYTHING;
      }
      if (starred(value)) {
        Shown all = starOf(value, scope, star);
        every = every.and(all.every());
        List<Field> more = all.columns();
        if (more == null) {
          counted = false;
        } else {
          columns.addAll(more);
        }
      } else {
        Origin origin = value(value, scope);
        every = every.and(origin);
        columns.add(new Field(ColumnName.of(target), origin));
      }
    }
    return new Shown(counted ? List.copyOf(columns) : null, every);
  }

  private static boolean starred(Node value) {
    List<Node> parts =
        value.is("ColumnRef")
            ? value.nodes("fields")
            : value.is("A_Indirection") ? value.nodes("indirection") : List.of();
    return !parts.isEmpty() && parts.getLast().is("A_Star");
  }

  private Shown starOf(Node value, Scope scope, @Nullable List<Field> star) {
    if (value.is("A_Indirection")) {
      Node of = value.node("arg");
      if (of != null
          && of.is("ColumnRef")
          && of.nodes("fields").size() == 1
          && value.nodes("indirection").size() == 1) {
        String row = String.join("", of.strings("fields"));
        Item item = scope.mayBeColumn(row) ? null : scope.item("", row);
        if (item != null) {
          return item.shown();
        }
      }
      return new Shown(null, value(of, scope).computed());
    }
    List<String> parts = value.strings("fields");
    if (parts.isEmpty()) {
      if (star != null) {
        return Shown.of(star);
      }
      Origin every = Origin.NONE;
      for (Item item : scope.items) {
        every = every.and(item.shown().every());
      }
      return new Shown(null, every);
    }
    Item item = scope.item(parts.size() > 1 ? parts.get(parts.size() - 2) : "", parts.getLast());
    return item == null ? Shown.ANYTHING : item.shown();
  }

  // What is read from.

  /** Adds what is read from to the scope; returns what a star stands for, null if not known. */
  @Nullable List<Field> from(List<Node> sources, Scope scope) {
    List<Field> star = new ArrayList<>();
    boolean known = true;
    for (Node source : sources) {
      Sources one = source(source, scope);
      scope.items.addAll(one.items());
      List<Field> more = one.star();
      if (more == null) {
        known = false;
      } else {
        star.addAll(more);
      }
    }
    return known ? star : null;
  }

  private record Sources(List<Item> items, @Nullable List<Field> star) {
    static Sources of(Item item) {
      return new Sources(List.of(item), item.shown().columns());
    }
  }

  /** What one source adds to the scope. */
  List<Item> items(Node source, Scope scope) {
    return source(source, scope).items();
  }

  /** One source; {@code lateral} holds what stands before it at the same level. */
  private Sources source(Node node, Scope lateral) {
    enter();
    Sources sources =
        switch (node.type()) {
          case "RangeVar" -> Sources.of(table(node, lateral));
          case "RangeSubselect" -> {
            Node query = node.node("subquery");
            Scope seen = node.flag("lateral") ? lateral : lateral.bare();
            Shown shown = query == null ? Shown.ANYTHING : statement(query, seen);
            yield Sources.of(aliased("", node.node("alias"), "", shown));
          }
          case "JoinExpr" -> join(node, lateral);
          case "RangeTableSample" -> {
            steer(node.nodes("args"), lateral);
            Node relation = node.node("relation");
            yield relation == null
                ? Sources.of(new Item("", "", Shown.ANYTHING))
                : source(relation, lateral);
          }
          case "RangeFunction", "RangeTableFunc", "JsonTable" -> {
            Origin all = children(node, lateral).computed();
            yield Sources.of(function(node, all));
          }
          default -> Sources.of(new Item("", "", Shown.ANYTHING));
        };
    leave();
    return sources;
  }

  /** Rows of functions: their columns are as many as nobody can say here. */
  private static Item function(Node node, Origin all) {
    Node alias = node.node("alias");
    String name = alias == null ? "" : alias.text("aliasname");
    if (alias == null) {
      for (Node functions : node.nodes("functions")) {
        for (Node call : functions.nodes("items")) {
          List<String> called = call.strings("funcname");
          name = called.isEmpty() ? "" : called.getLast();
        }
      }
    }
    return new Item("", name, new Shown(null, all));
  }

  Origin children(Node node, Scope scope) {
    Origin[] all = {Origin.NONE};
    node.forEachChild(child -> all[0] = all[0].and(value(child, scope)));
    return all[0];
  }

  private static Item aliased(String schema, @Nullable Node alias, String otherwise, Shown shown) {
    return alias == null
        ? new Item(schema, otherwise, shown)
        : new Item("", alias.text("aliasname"), shown.named(alias.strings("colnames")));
  }

  Item table(Node range, Scope scope) {
    Name name = Walk.name(range);
    Node alias = range.node("alias");
    if (!name.qualified()) {
      Shown query = scope.table(name.name());
      if (query != null) {
        return aliased("", alias, name.name(), query);
      }
    }
    Catalogue.Relation found = relation(name);
    if (found != null) {
      return aliased(found.name().schema(), alias, name.name(), columns(found));
    }
    Catalogue.Relation perhaps = catalogue.relation(name, names);
    if (perhaps == null && !created(name)) {
      relations.add(Provenance.NOBODY_KNOWS);
    }
    Shown shown =
        perhaps == null
            ? Shown.ANYTHING
            : new Shown(null, columns(perhaps).every().and(Origin.ANYWHERE));
    return aliased(name.schema(), alias, name.name(), shown);
  }

  /** A relation that is written: that it is named says nothing of what is read. */
  Item target(Node range) {
    Set<Integer> sources = Set.copyOf(relations);
    Item target = table(range, new Scope(null));
    relations.retainAll(sources);
    return target;
  }

  /** The relation of a name; null when it is not certain which it is. */
  private Catalogue.@Nullable Relation relation(Name name) {
    boolean certain =
        (name.qualified() || names.trusted()) && !created(name) && !Lookup.temporary(name);
    return certain ? catalogue.relation(name, names) : null;
  }

  /** Whether the session itself made a table of that name. */
  private boolean created(Name name) {
    return names.created().contains(name) || names.created().contains(new Name("", name.name()));
  }

  private Shown columns(Catalogue.Relation relation) {
    relations.add(relation.oid());
    if (relation.columns().isEmpty()) {
      return new Shown(null, Origin.NONE); // built in; those that quote values have columns
    }
    Provenance behind = catalogue.behind(relation, views + 1);
    List<Origin> origins = behind == null ? null : behind.outputs();
    if (behind != null) {
      relations.addAll(behind.relations());
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      Catalogue.Column column = relation.columns().get(i);
      Origin.Column here = new Origin.Column(relation.oid(), column.number(), column.type());
      Origin origin = Origin.of(here);
      if (behind != null) {
        origin =
            origins != null && origins.size() == relation.columns().size()
                ? origins.get(i).through(here)
                : behind.shown().and(origin);
      }
      fields.add(new Field(column.name(), origin));
    }
    return Shown.of(fields);
  }

  private Sources join(Node join, Scope lateral) {
    Node left = join.node("larg");
    Node right = join.node("rarg");
    if (left == null || right == null) {
      return Sources.of(new Item("", "", Shown.ANYTHING));
    }
    Sources l = source(left, lateral);
    List<Item> before = new ArrayList<>(lateral.items);
    before.addAll(l.items());
    Sources r = source(right, lateral.with(before));
    List<Item> items = new ArrayList<>(l.items());
    items.addAll(r.items());
    steer(value(join.node("quals"), lateral.with(items)));
    List<Field> star = star(join, l.star(), r.star());
    Node alias = join.node("alias");
    Origin every = Origin.NONE;
    for (Item item : items) {
      every = every.and(item.shown().every());
    }
    if (star == null && (join.flag("isNatural") || join.has("usingClause"))) {
      steer(every); // compares columns that nobody can tell
    }
    if (alias == null) {
      Node using = join.node("join_using_alias");
      if (using != null) {
        Shown both =
            star == null
                ? new Shown(null, every)
                : Shown.of(star.subList(0, join.nodes("usingClause").size()));
        items.add(new Item("", using.text("aliasname"), both));
      }
      return new Sources(items, star);
    }
    Shown shown = star == null ? new Shown(null, every) : Shown.of(star);
    return Sources.of(aliased("", alias, "", shown));
  }

  /** The columns of a join: those that both sides share come first and once. */
  private @Nullable List<Field> star(
      Node join, @Nullable List<Field> left, @Nullable List<Field> right) {
    if (left == null || right == null) {
      return null;
    }
    List<String> shared = new ArrayList<>(join.strings("usingClause"));
    if (join.flag("isNatural")) {
      for (Field field : left) {
        if (field.name() == null) {
          return null;
        }
        if (Shown.of(right).certain(field.name()) != null) {
          shared.add(field.name());
        }
      }
      if (Shown.of(right).loose()) {
        return null;
      }
    }
    List<Field> star = new ArrayList<>();
    for (String name : shared) {
      Origin a = Shown.of(left).certain(name);
      Origin b = Shown.of(right).certain(name);
      if (a == null || b == null) {
        return null;
      }
      steer(a.and(b));
      star.add(new Field(name, a.or(b)));
    }
    for (List<Field> side : List.of(left, right)) {
      side.stream()
          .filter(field -> field.name() == null || !shared.contains(field.name()))
          .forEach(star::add);
    }
    return star;
  }

  /** Something is written into a column, or into what nobody knows. */
  void flow(Origin.@Nullable Column into, Origin from) {
    if (!from.columns().isEmpty() || from.unknown()) {
      flows.add(new Flow(into, from));
    }
  }
}
