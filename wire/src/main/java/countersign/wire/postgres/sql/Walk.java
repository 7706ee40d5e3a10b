package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Walks the tree of what queries and changes data, and collects what it does and what it names.
 * Node types are an allow-list: one that is not on it makes the whole unknown. One use for one
 * statement.
 */
final class Walk {
  /** Deepest tree that is walked. */
  private static final int DEEPEST = 1_000;

  /** Nodes that do nothing by themselves: what counts is below them. */
  private static final Set<String> PLAIN =
      Set.of(
          "A_ArrayExpr",
          "A_Const",
          "A_Indices",
          "A_Star",
          "Alias",
          "BitString",
          "BoolExpr",
          "Boolean",
          "BooleanTest",
          "CTESearchClause",
          "CaseWhen",
          "CoalesceExpr",
          "CollateClause",
          "Float",
          "GroupingFunc",
          "GroupingSet",
          "InferClause",
          "IndexElem",
          "Integer",
          "IntList",
          "JsonAggConstructor",
          "JsonArgument",
          "JsonArrayAgg",
          "JsonArrayConstructor",
          "JsonArrayQueryConstructor",
          "JsonBehavior",
          "JsonFormat",
          "JsonFuncExpr",
          "JsonIsPredicate",
          "JsonKeyValue",
          "JsonObjectAgg",
          "JsonObjectConstructor",
          "JsonOutput",
          "JsonParseExpr",
          "JsonReturning",
          "JsonScalarExpr",
          "JsonSerializeExpr",
          "JsonTable",
          "JsonTableColumn",
          "JsonTablePathSpec",
          "JsonValueExpr",
          "List",
          "MergeSupportFunc",
          "MultiAssignRef",
          "NamedArgExpr",
          "NullTest",
          "ParamRef",
          "RangeFunction",
          "RangeSubselect",
          "RangeTableFunc",
          "RangeTableFuncCol",
          "ResTarget",
          "SQLValueFunction",
          "SetToDefault",
          "String",
          "WindowDef",
          "XmlExpr",
          "XmlSerialize",
          "CurrentOfExpr",
          "ColumnDef");

  private final Uses uses;
  private final Set<Effect> effects = EnumSet.noneOf(Effect.class);
  private final Deque<Set<String>> scopes = new ArrayDeque<>();
  private boolean runs = true;
  private int depth;

  Walk(Uses uses) {
    this.uses = uses;
  }

  /** What was found so far. */
  Set<Effect> effects() {
    return effects;
  }

  /** From here on what is walked does not run now, as the body of a view that is made. */
  Walk withoutRunning() {
    runs = false;
    return this;
  }

  Uses uses() {
    return uses;
  }

  void all(List<Node> nodes) {
    nodes.forEach(this::node);
  }

  void node(Node node) {
    if (++depth > DEEPEST) {
      uses.problem("nested deeper than " + DEEPEST);
    } else if (node.odd()) {
      uses.problem(node.type() + " with a field that is not known");
    } else {
      step(node);
    }
    depth--;
  }

  private void step(Node node) {
    switch (node.type()) {
      case "SelectStmt" -> select(node);
      case "InsertStmt" -> insert(node);
      case "UpdateStmt" -> change(node, EnumSet.of(Effect.change));
      case "DeleteStmt" -> change(node, EnumSet.of(Effect.change, Effect.destroy));
      case "MergeStmt" -> merge(node);
      case "RangeVar" -> read(node);
      case "FuncCall" -> call(node);
      case "A_Expr" -> operator(node);
      case "ColumnRef" -> column(node);
      case "A_Indirection" -> {
        if (runs) {
          node.strings("indirection").forEach(field -> uses.add(uses.applied, field));
        }
        children(node);
      }
      case "TypeName" -> type(node);
      case "TypeCast" -> children(node);
      case "SubLink" -> {
        implied(node, "operName", "=");
        children(node);
      }
      case "SortBy" -> {
        implied(node, "useOp", "<");
        node.nodes("node").forEach(this::node);
      }
      case "CaseExpr" -> {
        if (node.has("arg")) {
          operatorNamed("=");
        }
        children(node);
      }
      case "MinMaxExpr" -> {
        operatorNamed("<");
        children(node);
      }
      case "RowExpr" -> children(node);
      case "JoinExpr" -> {
        if (node.flag("isNatural") || node.has("usingClause")) {
          operatorNamed("=");
        }
        children(node);
      }
      case "RangeTableSample" -> {
        Name method = Name.of(node.strings("method"));
        if (!Set.of("bernoulli", "system").contains(method.name()) || method.qualified()) {
          uses.problem("TABLESAMPLE method not listed");
        }
        node.nodes("relation").forEach(this::node);
        node.nodes("args").forEach(this::node);
        node.nodes("repeatable").forEach(this::node);
      }
      case "CTECycleClause" -> {
        operatorNamed("=");
        operatorNamed("<>");
        children(node);
      }
      default -> {
        if (!PLAIN.contains(node.type())) {
          uses.problem(node.type() + " is not listed");
        }
        children(node);
      }
    }
  }

  private void children(Node node) {
    node.forEachChild(this::node);
  }

  // Statements.

  private void select(Node select) {
    effects.add(Effect.read);
    within(
        select,
        () ->
            select.forEachChild(child -> {
              switch (child.type()) {
                case "WithClause" -> {}
                case "IntoClause" -> into(child);
                case "LockingClause" -> effects.add(Effect.change); // writes row locks
                default -> node(child);
              }
            }));
    if (select.has("groupClause")
        || select.has("distinctClause")
        || !select.text("op").equals("SETOP_NONE")) {
      operatorNamed("=");
    }
  }

  /** INTO makes a table. */
  void into(Node into) {
    effects.add(Effect.schema);
    effects.add(Effect.create);
    Node relation = into.node("rel");
    if (relation != null) {
      Name name = name(relation);
      uses.add(uses.writes, name);
      uses.add(uses.creates, name);
    }
  }

  private void insert(Node insert) {
    effects.add(Effect.create);
    target(insert);
    Node conflict = insert.node("onConflictClause");
    within(
        insert,
        () -> {
          insert.nodes("cols").forEach(this::node);
          insert.nodes("selectStmt").forEach(this::source);
          if (conflict != null) {
            conflict(conflict);
          }
          returning(insert);
        });
  }

  /** VALUES alone read nothing. */
  private void source(Node source) {
    boolean values =
        source.is("SelectStmt") && source.has("valuesLists") && !source.has("withClause");
    if (values) {
      source.nodes("valuesLists").forEach(this::node);
      source.nodes("sortClause").forEach(this::node);
      source.nodes("limitCount").forEach(this::node);
      source.nodes("limitOffset").forEach(this::node);
    } else {
      node(source);
    }
  }

  private void conflict(Node conflict) {
    if (conflict.odd()) {
      uses.problem("ON CONFLICT with a field that is not known");
    }
    if (conflict.text("action").equals("ONCONFLICT_UPDATE")) {
      effects.add(Effect.change);
    }
    children(conflict);
  }

  private void change(Node node, Set<Effect> does) {
    effects.addAll(does);
    target(node);
    Node relation = node.node("relation");
    if (relation != null && !node.has("whereClause")) {
      uses.add(uses.everyRow, name(relation));
    }
    if (node.has("fromClause") || node.has("usingClause")) {
      effects.add(Effect.read);
    }
    within(
        node,
        () -> {
          for (String part : List.of("targetList", "fromClause", "usingClause", "whereClause")) {
            node.nodes(part).forEach(this::node);
          }
          returning(node);
        });
  }

  private void merge(Node merge) {
    effects.add(Effect.read);
    target(merge);
    within(
        merge,
        () -> {
          merge.nodes("sourceRelation").forEach(this::node);
          merge.nodes("joinCondition").forEach(this::node);
          for (Node when : merge.nodes("mergeWhenClauses")) {
            if (when.odd()) {
              uses.problem("MERGE with a field that is not known");
            }
            switch (when.text("commandType")) {
              case "CMD_INSERT" -> effects.add(Effect.create);
              case "CMD_UPDATE" -> effects.add(Effect.change);
              case "CMD_DELETE" -> {
                effects.add(Effect.change);
                effects.add(Effect.destroy);
              }
              case "CMD_NOTHING" -> {}
              default -> uses.problem("MERGE action");
            }
            children(when);
          }
          returning(merge);
        });
  }

  private void returning(Node node) {
    if (node.has("returningList")) {
      effects.add(Effect.read);
      node.nodes("returningList").forEach(this::node);
    }
  }

  /** The relation that is written, which no WITH can name. */
  private void target(Node node) {
    Node relation = node.node("relation");
    if (relation == null) {
      uses.problem("a relation is missing");
    } else {
      uses.add(uses.writes, name(relation));
    }
  }

  /** Does something where the names of a WITH count. */
  private void within(Node node, Runnable body) {
    Node with = node.node("withClause");
    if (with == null) {
      body.run();
      return;
    }
    if (with.odd()) {
      uses.problem("WITH with a field that is not known");
    }
    Set<String> names = new HashSet<>();
    scopes.push(names);
    boolean recursive = with.flag("recursive");
    for (Node cte : with.nodes("ctes")) {
      if (recursive) {
        names.add(cte.text("ctename"));
      }
    }
    for (Node cte : with.nodes("ctes")) {
      if (!cte.is("CommonTableExpr") || cte.odd()) {
        uses.problem("WITH of what is not listed");
      }
      cte.forEachChild(this::node);
      names.add(cte.text("ctename"));
    }
    body.run();
    scopes.pop();
  }

  // Names.

  static Name name(Node relation) {
    return new Name(relation.text("schemaname"), relation.text("relname"));
  }

  private void read(Node relation) {
    Name name = name(relation);
    if (!name.qualified()) {
      for (Set<String> scope : scopes) {
        if (scope.contains(name.name())) {
          return;
        }
      }
    }
    uses.add(runs ? uses.reads : uses.writes, name);
  }

  private void call(Node call) {
    Name name = Name.of(call.strings("funcname"));
    uses.add(runs ? uses.functions : uses.named, name);
    if (call.has("agg_distinct") || call.has("agg_order") || call.has("over")) {
      operatorNamed("=");
      operatorNamed("<");
    }
    call.forEachChild(child -> {
      if (!child.is("String")) {
        node(child);
      }
    });
  }

  private void operator(Node expression) {
    String kind = expression.text("kind");
    switch (kind) {
      case "AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM" -> {
        operatorNamed("<=");
        operatorNamed(">=");
        operatorNamed("<");
        operatorNamed(">");
      }
      case "AEXPR_OP",
          "AEXPR_OP_ANY",
          "AEXPR_OP_ALL",
          "AEXPR_DISTINCT",
          "AEXPR_NOT_DISTINCT",
          "AEXPR_NULLIF",
          "AEXPR_IN",
          "AEXPR_LIKE",
          "AEXPR_ILIKE",
          "AEXPR_SIMILAR" ->
          operator(Name.of(expression.strings("name")));
      default -> uses.problem("an expression that is not listed");
    }
    expression.nodes("lexpr").forEach(this::node);
    expression.nodes("rexpr").forEach(this::node);
  }

  private void implied(Node node, String field, String otherwise) {
    List<String> written = node.strings(field);
    if (written.isEmpty()) {
      operatorNamed(otherwise);
    } else {
      operator(Name.of(written));
    }
  }

  private void operatorNamed(String name) {
    operator(new Name("", name));
  }

  private void operator(Name name) {
    if (runs) {
      uses.add(uses.operators, name);
    }
  }

  private void column(Node column) {
    List<String> parts = column.strings("fields");
    if (parts.isEmpty()) {
      return;
    }
    if (parts.size() > 1 && runs) {
      uses.add(uses.fields, parts.getLast());
    }
    uses.add(uses.columns, String.join(".", parts));
  }

  private void type(Node type) {
    if (type.flag("pct_type")) {
      uses.problem("%TYPE");
    }
    if (runs) {
      uses.add(uses.types, Name.of(type.strings("names")));
    }
    type.nodes("typmods").forEach(this::node);
  }
}
