package countersign.wire.postgres.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a query or of something it reads from.
 *
 * @param columns in order; null when their number or order is not known
 * @param every origin of all of them together
 */
record Shown(@Nullable List<Field> columns, Origin every) {
  /** Something nobody knows. */
  static final Shown ANYTHING = new Shown(null, Origin.ANYWHERE);

  /**
   * A column.
   *
   * @param name as PostgreSQL names it; null where that is not certain
   */
  record Field(@Nullable String name, Origin origin) {}

  static Shown of(List<Field> columns) {
    Set<Origin.Column> all = new HashSet<>();
    boolean unknown = false;
    for (Field column : columns) {
      all.addAll(column.origin().columns());
      unknown |= column.origin().unknown();
    }
    return new Shown(List.copyOf(columns), new Origin(all, false, unknown));
  }

  /** Either rows of this or of the other, column by column. */
  Shown or(Shown other) {
    List<Field> here = columns;
    List<Field> there = other.columns;
    if (here == null || there == null || here.size() != there.size()) {
      return new Shown(null, every.and(other.every));
    }
    List<Field> both = new ArrayList<>(here.size());
    for (int i = 0; i < here.size(); i++) {
      Field field = here.get(i);
      both.add(new Field(field.name(), field.origin().or(there.get(i).origin())));
    }
    return of(both);
  }

  /** With the first columns named anew. */
  Shown named(List<String> names) {
    List<Field> known = columns;
    if (names.isEmpty() || known == null) {
      return this;
    }
    if (names.size() > known.size()) {
      return new Shown(null, every);
    }
    List<Field> renamed = new ArrayList<>(known);
    for (int i = 0; i < names.size(); i++) {
      renamed.set(i, new Field(names.get(i), known.get(i).origin()));
    }
    return new Shown(List.copyOf(renamed), every);
  }

  /** Whether some column's name is not certain. */
  boolean loose() {
    List<Field> known = columns;
    return known == null || known.stream().anyMatch(field -> field.name() == null);
  }

  /** The column of a name, all of them where several have it; null when none certainly has. */
  @Nullable Origin certain(String name) {
    List<Field> known = columns;
    Origin found = null;
    if (known != null) {
      for (Field field : known) {
        if (name.equals(field.name())) {
          found = found == null ? field.origin() : found.or(field.origin());
        }
      }
    }
    return found;
  }

  /** What a name may mean where it is not certain. */
  Origin perhaps() {
    List<Field> known = columns;
    if (known == null) {
      return every.computed();
    }
    Origin all = Origin.NONE;
    for (Field field : known) {
      if (field.name() == null) {
        all = all.and(field.origin());
      }
    }
    return all;
  }
}
