package countersign.deciding.configuration;

import java.util.HashMap;
import java.util.Map;

/** Notes what is given twice where it may stand once. */
final class Once {
  private final Mistakes mistakes;
  private final String expected;
  private final Map<Object, Integer> lines = new HashMap<>();

  /**
   * Starts with nothing seen.
   *
   * @param expected such as {@code a name of its own}
   */
  Once(Mistakes mistakes, String expected) {
    this.mistakes = mistakes;
    this.expected = expected;
  }

  /** Notes a mistake when the value was seen before. */
  void check(int line, String path, String shown, Object value) {
    Integer first = lines.putIfAbsent(value, line);
    if (first != null) {
      mistakes.add(line, path, shown, expected + "; line " + first + " has it already");
    }
  }

  /** The same for a text under a key, if it is there. */
  void check(Part.Keys keys, String key) {
    if (keys.get(key) instanceof Part.Text text) {
      check(text.line(), text.path(), text.value(), text.value());
    }
  }
}
