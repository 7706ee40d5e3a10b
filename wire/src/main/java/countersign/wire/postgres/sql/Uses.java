package countersign.wire.postgres.sql;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Everything that a statement names and that the catalogue must answer for. Filled by one thread,
 * then only read.
 */
final class Uses {
  /** Keeps the record of a strange text small. */
  private static final int MOST = 2_000;

  /** Relations whose rows are read. */
  final Set<Name> reads = new LinkedHashSet<>();

  /** Relations that are written, changed or named otherwise. */
  final Set<Name> writes = new LinkedHashSet<>();

  /** Relations all of whose rows are changed or removed: nothing says which ones. */
  final Set<Name> everyRow = new LinkedHashSet<>();

  /** Functions that run. */
  final Set<Name> functions = new LinkedHashSet<>();

  /** Functions that are only named, as in the body of a view that is created. */
  final Set<Name> named = new LinkedHashSet<>();

  /** Operators whose functions run. */
  final Set<Name> operators = new LinkedHashSet<>();

  /** Types that values are made of. */
  final Set<Name> types = new LinkedHashSet<>();

  /** Names behind the name of a row: a column, or a function of the row. */
  final Set<String> fields = new LinkedHashSet<>();

  /** Names behind an expression: a field of it, or a function of it, or a cast. */
  final Set<String> applied = new LinkedHashSet<>();

  /** Columns, as written. */
  final Set<String> columns = new LinkedHashSet<>();

  /** Tables that are made, plain and without code. */
  final Set<Name> creates = new LinkedHashSet<>();

  /** What stands in the way of knowing. */
  final Set<String> problems = new LinkedHashSet<>();

  <T> void add(Set<T> names, T name) {
    if (names.size() < MOST) {
      names.add(name);
    } else {
      problems.add("more than " + MOST + " names");
    }
  }

  void problem(String why) {
    if (problems.size() < 8) {
      problems.add(why);
    }
  }

  void addAll(Uses other) {
    reads.addAll(other.reads);
    writes.addAll(other.writes);
    everyRow.addAll(other.everyRow);
    functions.addAll(other.functions);
    named.addAll(other.named);
    operators.addAll(other.operators);
    types.addAll(other.types);
    fields.addAll(other.fields);
    applied.addAll(other.applied);
    columns.addAll(other.columns);
    creates.addAll(other.creates);
    problems.addAll(other.problems);
  }
}
