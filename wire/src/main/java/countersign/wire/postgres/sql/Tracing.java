package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Provenance.Flow;
import countersign.wire.postgres.sql.Provenance.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where what one statement of any kind shows comes from. Pure. */
final class Tracing {
  private final Catalogue catalogue;
  private final Names names;

  Tracing(Catalogue catalogue, Names names) {
    this.catalogue = catalogue;
    this.names = names;
  }

  Provenance of(@Nullable Node node) {
    if (node == null) {
      return Provenance.UNKNOWN;
    }
    return switch (node.type()) {
      case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" ->
          Following.of(node, catalogue, names);
      case "ExplainStmt" -> explained(of(node.node("query")));
      case "PrepareStmt" -> later(of(node.node("query")), Kind.prepares, node.text("name"));
      case "DeclareCursorStmt" ->
          later(of(node.node("query")), Kind.declares, node.text("portalname"));
      case "ExecuteStmt" ->
          later(
              Provenance.UNKNOWN.naming(Set.of(Provenance.NOBODY_KNOWS)),
              Kind.executes,
              node.text("name"));
      case "FetchStmt" -> later(Provenance.UNKNOWN, Kind.fetches, node.text("portalname"));
      case "CreateTableAsStmt" -> tableAs(node);
      case "CopyStmt" -> copy(node);
      case "VariableShowStmt" -> names.trusted() ? silent() : Provenance.UNKNOWN;
      case "AlterTableStmt", "RenameStmt", "AlterObjectSchemaStmt", "ViewStmt", "RuleStmt" ->
          new Alterations(catalogue, names).of(node);
      default -> silent();
    };
  }

  /** Shows words of the server or nothing. */
  private static Provenance silent() {
    return new Provenance(
        null, Origin.NONE, Origin.NONE, List.of(), Set.of(), Kind.plain, "", null);
  }

  private static Provenance later(Provenance of, Kind kind, String name) {
    return new Provenance(
        of.outputs(), of.shown(), of.steers(), of.flows(), of.relations(), kind, name, null);
  }

  /** A plan quotes what it compares with, and estimates from statistics. */
  private static Provenance explained(Provenance of) {
    Origin all = of.shown().and(of.steers());
    for (Flow flow : of.flows()) {
      all = all.and(flow.from());
    }
    return new Provenance(
        null,
        all.computed(),
        of.steers(),
        of.flows(), // EXPLAIN ANALYZE does what it explains
        of.relations(),
        Kind.explains,
        of.name(),
        null);
  }

  private Provenance tableAs(Node node) {
    Provenance of = of(node.node("query"));
    boolean table = node.text("objtype").equals("OBJECT_TABLE");
    List<Flow> flows = new ArrayList<>(of.flows());
    if (table) {
      flows.add(new Flow(null, of.shown()));
    }
    return new Provenance(
        List.of(), Origin.NONE, of.steers(), flows, of.relations(), of.kind(), of.name(), null);
  }

  private Provenance copy(Node copy) {
    Node query = copy.node("query");
    Node relation = copy.node("relation");
    if (query == null && relation == null) {
      return Provenance.UNKNOWN;
    }
    Provenance of =
        query != null || relation == null
            ? of(query)
            : Following.of(relation, copy.strings("attlist"), catalogue, names);
    return new Provenance(
        of.outputs(),
        of.shown(),
        of.steers(),
        of.flows(),
        of.relations(),
        of.kind(),
        of.name(),
        CopyForm.of(copy));
  }
}
