package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import java.util.List;
import java.util.Set;

/**
 * Walks a statement that defines something: names what it touches, and hands expressions that run
 * now to the walk of queries.
 */
final class Structure {
  private static final int DEEPEST = 1_000;

  private static final Set<String> EXPRESSIONS =
      Set.of(
          "A_Expr",
          "FuncCall",
          "TypeCast",
          "SubLink",
          "CaseExpr",
          "BoolExpr",
          "CoalesceExpr",
          "A_ArrayExpr",
          "A_Indirection",
          "ColumnRef",
          "NullTest",
          "BooleanTest",
          "MinMaxExpr",
          "RowExpr",
          "SQLValueFunction",
          "CollateClause",
          "JsonFuncExpr",
          "JsonObjectConstructor",
          "JsonArrayConstructor",
          "JsonIsPredicate",
          "XmlExpr",
          "SelectStmt",
          "TypeName");

  private final Walk walk;
  private final boolean evaluates;
  private int depth;

  Structure(Walk walk, boolean evaluates) {
    this.walk = walk;
    this.evaluates = evaluates;
  }

  void visit(Node node) {
    if (++depth > DEEPEST) {
      walk.uses().problem("nested deeper than " + DEEPEST);
      depth--;
      return;
    }
    if (node.odd()) {
      walk.uses().problem(node.type() + " with a field that is not known");
    }
    Uses uses = walk.uses();
    if (evaluates && EXPRESSIONS.contains(node.type())) {
      walk.node(node);
    } else if (node.is("PartitionBoundSpec")) {
      node.forEachChild(walk::node); // its values are computed now
    } else {
      switch (node.type()) {
        case "RangeVar" -> uses.add(uses.writes, Walk.name(node));
        case "FuncCall" -> uses.add(uses.named, Name.of(node.strings("funcname")));
        case "DropStmt" -> dropped(node);
        case "CreateStmt" -> {
          Node relation = node.node("relation");
          if (relation != null && !node.has("ofTypename")) {
            uses.add(uses.creates, Walk.name(relation));
          }
        }
        default -> {}
      }
      node.forEachChild(this::visit);
    }
    depth--;
  }

  private void dropped(Node drop) {
    Uses uses = walk.uses();
    switch (drop.text("removeType")) {
      case "OBJECT_TABLE",
          "OBJECT_VIEW",
          "OBJECT_MATVIEW",
          "OBJECT_SEQUENCE",
          "OBJECT_INDEX",
          "OBJECT_FOREIGN_TABLE" -> {
        for (Node object : drop.nodes("objects")) {
          List<String> parts = object.strings("items");
          uses.add(uses.writes, Name.of(parts));
        }
      }
      default -> {}
    }
  }
}
