package countersign.wire.postgres.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names of columns and rows mean at one level of a query. Confined to one reading. */
final class Scope {
  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid");

  private final @Nullable Scope outer;
  final List<Item> items = new ArrayList<>();
  private final Map<String, Shown> tables;

  /**
   * Something that is read from.
   *
   * @param schema of its relation; empty for anything else
   * @param alias what it is called; empty for nothing
   */
  record Item(String schema, String alias, Shown shown) {}

  Scope(@Nullable Scope outer) {
    this(outer, new HashMap<>());
  }

  private Scope(@Nullable Scope outer, Map<String, Shown> tables) {
    this.outer = outer;
    this.tables = tables;
  }

  /** The same level without what is read from there: what a subquery in FROM sees. */
  Scope bare() {
    return new Scope(outer, tables);
  }

  /** The same level with these items alone. */
  Scope with(List<Item> others) {
    Scope scope = bare();
    scope.items.addAll(others);
    return scope;
  }

  /** Names a query of WITH. */
  void name(String table, Shown shown) {
    tables.put(table, shown);
  }

  /** What a name of WITH stands for; null when it is none. */
  @Nullable Shown table(String name) {
    Shown here = tables.get(name);
    return here != null ? here : outer == null ? null : outer.table(name);
  }

  /** The origin of a name that stands alone: a column, else a whole row. */
  Origin column(String name) {
    Origin doubt = Origin.NONE;
    boolean loose = false;
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Origin found = null;
      for (Item item : scope.items) {
        Origin certain = item.shown().certain(name);
        if (certain != null) {
          found = found == null ? certain : found.or(certain);
        } else if (item.shown().loose()) {
          loose = true;
          doubt = doubt.and(item.shown().perhaps());
        }
      }
      if (found != null) {
        return loose ? found.and(doubt) : found;
      }
    }
    Item row = item("", name);
    if (row != null) {
      return row.shown().every().and(doubt);
    }
    return loose || SYSTEM_COLUMNS.contains(name) ? doubt : Origin.ANYWHERE;
  }

  /** The origin of a field of a row: a column, or something computed from the row. */
  Origin field(String schema, String row, String name) {
    Item item = item(schema, row);
    if (item == null) {
      return Origin.ANYWHERE;
    }
    Origin certain = item.shown().certain(name);
    if (certain != null) {
      return certain;
    }
    if (item.shown().loose()) {
      return item.shown().every().computed();
    }
    return SYSTEM_COLUMNS.contains(name) ? Origin.NONE : Origin.ANYWHERE;
  }

  /** Whether a name that stands alone may be a column, here or further out. */
  boolean mayBeColumn(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      for (Item item : scope.items) {
        if (item.shown().certain(name) != null || item.shown().loose()) {
          return true;
        }
      }
    }
    return false;
  }

  /** The nearest item of a name; null when there is none. */
  @Nullable Item item(String schema, String alias) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      for (Item item : scope.items) {
        if (item.alias().equals(alias) && (schema.isEmpty() || item.schema().equals(schema))) {
          return item;
        }
      }
    }
    return null;
  }
}
