package countersign.wire.postgres.sql;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a value comes from. Immutable, thread-safe.
 *
 * @param columns columns of relations that it is, or that it was computed from
 * @param direct whether it is the value of a column as it stands there
 * @param unknown whether it may come from anywhere else, too
 */
public record Origin(Set<Column> columns, boolean direct, boolean unknown) {
  /** From nowhere: a constant, a parameter, a count. */
  public static final Origin NONE = new Origin(Set.of(), false, false);

  /** From anywhere. */
  public static final Origin ANYWHERE = new Origin(Set.of(), false, true);

  /**
   * A column of a relation of the catalogue.
   *
   * @param relation oid of the relation
   * @param number {@code attnum}
   * @param type oid of its type
   */
  public record Column(int relation, int number, int type) {}

  public Origin {
    columns = Set.copyOf(columns);
  }

  static Origin of(Column column) {
    return new Origin(Set.of(column), true, false);
  }

  /** Whether a column is among what it comes from. */
  public boolean names(int relation, int number) {
    for (Column column : columns) {
      if (column.relation() == relation && column.number() == number) {
        return true;
      }
    }
    return false;
  }

  /** Computed from both. */
  Origin and(Origin other) {
    return merged(other, false);
  }

  /** Either one or the other, as it stands there if both do. */
  Origin or(Origin other) {
    return merged(other, direct && other.direct);
  }

  private Origin merged(Origin other, boolean asItStands) {
    if (other.columns.isEmpty() && other.unknown == unknown && direct == asItStands) {
      return this;
    }
    if (columns.isEmpty() && other.unknown == unknown && other.direct == asItStands) {
      return other;
    }
    Set<Column> all = new HashSet<>(columns);
    all.addAll(other.columns);
    return new Origin(all, asItStands, unknown || other.unknown);
  }

  /** The same, and also something that it was read through. */
  Origin through(Column column) {
    Set<Column> all = new HashSet<>(columns);
    all.add(column);
    return new Origin(all, direct, unknown);
  }

  /** Computed from it. */
  Origin computed() {
    return direct ? new Origin(columns, false, unknown) : this;
  }
}
