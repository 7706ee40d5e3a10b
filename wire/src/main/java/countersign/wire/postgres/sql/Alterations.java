package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Provenance.Flow;
import countersign.wire.postgres.sql.Provenance.Kind;
import countersign.wire.postgres.sql.Provenance.Renamed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change of the schema moves to where another name or definition says what it is: masks go
 * by names, by parents and by definitions. Confined to one reading.
 */
final class Alterations {
  private final Catalogue catalogue;
  private final Names names;
  private final List<Flow> flows = new ArrayList<>();
  private final Set<Integer> relations = new HashSet<>();

  Alterations(Catalogue catalogue, Names names) {
    this.catalogue = catalogue;
    this.names = names;
  }

  /** What a statement moves; nothing for one that is no change of the schema. */
  Provenance of(Node node) {
    Node range = node.node("relation");
    switch (node.type()) {
      case "AlterTableStmt" -> {
        for (Node command : node.nodes("cmds")) {
          if (range != null) {
            altered(command, range);
          }
        }
      }
      case "RenameStmt" -> renamed(node, range);
      case "AlterObjectSchemaStmt" -> {
        String schema = node.text("newschema");
        moved(range, of -> new Renamed(schema, of.relation(), of.column()));
      }
      case "ViewStmt" -> {
        if (node.flag("replace")) {
          redefined(node.node("view"));
        }
      }
      case "RuleStmt" -> {
        node.nodes("actions").forEach(this::action);
        away(range);
        redefined(range);
      }
      default -> {}
    }
    return new Provenance(null, Origin.NONE, Origin.NONE, flows, relations, Kind.alters, "", null);
  }

  private void altered(Node command, Node range) {
    Node definition = command.node("def");
    switch (command.text("subtype")) {
      case "AT_AlterColumnType" -> {
        Node using = definition == null ? null : definition.node("raw_default");
        if (using != null) {
          Provenance from = Following.of(using, range, catalogue, names);
          relations.addAll(from.relations());
          Origin.Column into = array(definition) ? null : column(range, command.text("name"));
          flows.add(new Flow(into, from.shown()));
        }
      }
      case "AT_DropExpression", "AT_SetExpression" -> {
        Origin.Column generated = column(range, command.text("name"));
        if (generated != null) {
          flows.add(Flow.away(Origin.of(generated)));
        }
      }
      case "AT_DropInherit" -> moved(range, of -> of);
      case "AT_DetachPartition" ->
          moved(definition == null ? null : definition.node("name"), of -> of);
      default -> {}
    }
  }

  /** Masks of arrays show how many elements there are: a mask of before would not cover that. */
  private static boolean array(@Nullable Node definition) {
    Node type = definition == null ? null : definition.node("typeName");
    return type == null
        || type.has("arrayBounds")
        || Name.of(type.strings("names")).name().startsWith("_");
  }

  private void renamed(Node rename, @Nullable Node range) {
    String name = rename.text("newname");
    String was = rename.text("subname");
    switch (rename.text("renameType")) {
      case "OBJECT_COLUMN" ->
          moved(
              range,
              of -> of.column().equals(was) ? new Renamed(of.schema(), of.relation(), name) : null);
      case "OBJECT_SCHEMA" ->
          catalogue.relations().stream()
              .filter(relation -> relation.name().schema().equals(was))
              .forEach(found -> moved(found, of -> new Renamed(name, of.relation(), of.column())));
      case "OBJECT_TABCONSTRAINT",
          "OBJECT_TRIGGER",
          "OBJECT_RULE",
          "OBJECT_POLICY",
          "OBJECT_ATTRIBUTE" -> {}
      default -> moved(range, of -> new Renamed(of.schema(), name, of.column()));
    }
  }

  /** What runs besides or instead of statements from now on. */
  private void action(Node query) {
    Provenance of = new Tracing(catalogue, names).of(query);
    flows.addAll(of.flows());
    relations.addAll(of.relations());
  }

  /** A view gets another definition; what was materialized of the old one stays. */
  private void redefined(@Nullable Node range) {
    Catalogue.Relation view = range == null ? null : relation(range);
    Provenance behind = view == null ? null : catalogue.behind(view);
    if (view == null || behind == null) {
      return;
    }
    for (Catalogue.Relation other : catalogue.relations()) {
      Provenance kept = other.kind() == 'm' ? catalogue.behind(other) : null;
      if (kept != null && kept.relations().contains(view.oid())) {
        relations.addAll(behind.relations());
        flows.add(Flow.away(behind.shown()));
        return;
      }
    }
  }

  private Catalogue.@Nullable Relation relation(Node range) {
    return catalogue.relation(Walk.name(range), names);
  }

  private Origin.@Nullable Column column(Node range, String name) {
    Catalogue.Relation found = relation(range);
    if (found != null) {
      for (Catalogue.Column column : found.columns()) {
        if (column.name().equals(name)) {
          return of(found, column);
        }
      }
    }
    return null;
  }

  /** All that a relation holds goes where nobody can follow. */
  private void away(@Nullable Node range) {
    Catalogue.Relation found = range == null ? null : relation(range);
    if (found != null) {
      for (Catalogue.Column column : found.columns()) {
        flows.add(Flow.away(Origin.of(of(found, column))));
      }
    }
  }

  private interface Naming {
    /** What a column is called then; null where it stays. */
    @Nullable Renamed then(Renamed now);
  }

  private void moved(@Nullable Node range, Naming naming) {
    Catalogue.Relation found = range == null ? null : relation(range);
    if (found != null) {
      moved(found, naming);
    }
  }

  private void moved(Catalogue.Relation found, Naming naming) {
    for (Catalogue.Column column : found.columns()) {
      Renamed then =
          naming.then(new Renamed(found.name().schema(), found.name().name(), column.name()));
      if (then != null) {
        flows.add(new Flow(null, Origin.of(of(found, column)), then));
      }
    }
  }

  private static Origin.Column of(Catalogue.Relation relation, Catalogue.Column column) {
    return new Origin.Column(relation.oid(), column.number(), column.type());
  }
}
