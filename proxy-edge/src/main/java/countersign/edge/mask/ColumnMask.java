package countersign.edge.mask;

import countersign.masking.Method;

/**
 * How one column is masked.
 *
 * @param rule the rule that says so, for the record
 * @param shownOnly whether the column may only be shown, not computed with
 */
public record ColumnMask(String rule, Method method, boolean shownOnly) {
  /** For a column that may be computed with. */
  public ColumnMask(String rule, Method method) {
    this(rule, method, false);
  }

  /** For what nobody can rule out to hold a masked value. */
  public static final ColumnMask DOUBT = new ColumnMask("doubt", Method.hide);

  /** The same for something computed from the value: at least as strict as a method. */
  ColumnMask of(Method least) {
    Method now = method.stricter(least);
    return now == method ? this : new ColumnMask(rule, now, shownOnly);
  }

  /** Whether a value under this mask shows no more than under another. */
  public boolean covers(ColumnMask other) {
    return method.stricter(other.method) == method && (shownOnly || !other.shownOnly);
  }

  /** The one that shows less. */
  public ColumnMask stricter(ColumnMask other) {
    ColumnMask strict = method.stricter(other.method) == method ? this : other;
    return strict.shownOnly == (shownOnly || other.shownOnly)
        ? strict
        : new ColumnMask(strict.rule, strict.method, true);
  }
}
