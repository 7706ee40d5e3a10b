package countersign.edge.mask;

import countersign.masking.Method;

/**
 * How one column is masked.
 *
 * @param rule the rule that says so, for the record
 * @param shownOnly whether the column may only be shown, not computed with
 * @param elements whether it is an array of texts that is masked element by element: never for what
 *     may be computed, because how many elements an array has, and where it counts from, can be
 *     made to tell of a value
 */
public record ColumnMask(String rule, Method method, boolean shownOnly, boolean elements) {
  /** For a value that is masked as a whole. */
  public ColumnMask(String rule, Method method, boolean shownOnly) {
    this(rule, method, shownOnly, false);
  }

  /** For what nobody can rule out to hold a masked value. */
  public static final ColumnMask DOUBT = new ColumnMask("doubt", Method.hide, false);

  public ColumnMask {
    elements &= method != Method.nothing;
  }

  /** The same for a column that is an array of texts. */
  ColumnMask ofElements() {
    return new ColumnMask(rule, method, shownOnly, true);
  }

  /** The same for something computed from the value: at least as strict as a method. */
  ColumnMask of(Method least) {
    Method now = method.stricter(least);
    return now == method && !elements ? this : new ColumnMask(rule, now, shownOnly);
  }

  /** Whether a value under this mask shows no more than under another. */
  public boolean covers(ColumnMask other) {
    return method.stricter(other.method) == method
        && (shownOnly || !other.shownOnly)
        && (!elements || other.elements);
  }

  /** The one that shows less. */
  public ColumnMask stricter(ColumnMask other) {
    ColumnMask strict = method.stricter(other.method) == method ? this : other;
    boolean only = shownOnly || other.shownOnly;
    boolean both = strict.elements && elements && other.elements;
    return strict.shownOnly == only && strict.elements == both
        ? strict
        : new ColumnMask(strict.rule, strict.method, only, both);
  }
}
