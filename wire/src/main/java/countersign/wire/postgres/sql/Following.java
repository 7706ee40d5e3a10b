package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Provenance.Flow;
import countersign.wire.postgres.sql.Shown.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Follows whole statements, definitions and expressions, each by a {@link Lineage} of its own. */
final class Following {
  private Following() {}

  /** Where what a query or a change of data shows comes from. */
  static Provenance of(Node query, Catalogue catalogue, Names names) {
    return of(query, catalogue, names, 0);
  }

  /** The same for the definition of a view behind so many others. */
  static Provenance of(Node query, Catalogue catalogue, Names names, int views) {
    Lineage lineage = new Lineage(catalogue, names, views);
    try {
      Shown shown = lineage.statement(query, new Scope(null));
      return lineage.provenance(shown);
    } catch (Lineage.TooMuch e) {
      return lost(query, catalogue, names);
    }
  }

  /** Of a statement that cannot be followed: it may show and write whatever it names. */
  static Provenance lost(Node statement, Catalogue catalogue, Names names) {
    Set<Integer> named = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(statement));
    while (!open.isEmpty()) {
      Node node = open.pop();
      Catalogue.Relation found =
          node.is("RangeVar") ? catalogue.relation(Walk.name(node), names) : null;
      if (found != null) {
        named.add(found.oid());
      } else if (node.is("RangeVar") && Walk.name(node).qualified()) {
        named.add(Provenance.NOBODY_KNOWS);
      }
      node.forEachChild(open::push);
    }
    return new Provenance(
        null,
        Origin.ANYWHERE,
        Origin.ANYWHERE,
        List.of(new Flow(null, Origin.ANYWHERE)),
        named,
        Provenance.Kind.plain,
        "",
        null);
  }

  /**
   * Where an expression over the columns of a relation comes from.
   *
   * @param range the relation
   */
  static Provenance of(Node expression, Node range, Catalogue catalogue, Names names) {
    Lineage lineage = new Lineage(catalogue, names, 0);
    try {
      Scope scope = new Scope(null);
      scope.items.add(lineage.table(range, scope));
      return lineage.provenance(
          Shown.of(List.of(new Field(null, lineage.value(expression, scope)))));
    } catch (Lineage.TooMuch e) {
      return lost(range, catalogue, names);
    }
  }

  /**
   * Where what COPY of a relation shows comes from.
   *
   * @param columns the columns that are copied; empty for all
   */
  static Provenance of(Node range, List<String> columns, Catalogue catalogue, Names names) {
    Lineage lineage = new Lineage(catalogue, names, 0);
    Shown all = lineage.table(range, new Scope(null)).shown();
    if (columns.isEmpty()) {
      return lineage.provenance(all);
    }
    List<Field> some = new ArrayList<>();
    for (String column : columns) {
      Origin origin = all.certain(column);
      some.add(new Field(column, origin == null ? Origin.ANYWHERE : origin));
    }
    return lineage.provenance(Shown.of(some));
  }
}
