package countersign.masking;

/** What stands in the place of a masked value; the words of {@code with:} in the configuration. */
public enum Method {
  /** Nothing of it. */
  hide,
  /** Its last four characters. */
  last4,
  /** A keyed hash: equal values stay equal. */
  hash,
  /** NULL. */
  nothing;

  /** As it is written. */
  public String word() {
    return this == nothing ? "null" : name();
  }

  /**
   * The method of a word.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Method of(String word) {
    return word.equals("null") ? nothing : valueOf(word);
  }

  /** The one that shows less; of several masks on one value it counts. */
  public Method stricter(Method other) {
    return strictness() >= other.strictness() ? this : other;
  }

  private int strictness() {
    return switch (this) {
      case last4 -> 0;
      case hash -> 1;
      case hide -> 2;
      case nothing -> 3;
    };
  }
}
