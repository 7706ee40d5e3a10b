package countersign.verifier;

/**
 * Something that came from outside is not in the form that it has to be in. The message says what
 * was found and what was expected, {@code name: value (expected: …)}, and never holds more than a
 * short piece of what was found.
 */
public final class Malformed extends Exception {
  private static final int SHOWN = 60;

  /** Makes it with a message for people. */
  public Malformed(String message) {
    super(message);
  }

  /**
   * Makes it from a name, what was found, which is shortened and cleaned, and what was expected.
   */
  public Malformed(String name, String found, String expected) {
    super(name + ": " + shown(found) + " (expected: " + expected + ")");
  }

  /** A short piece of text from outside, safe to print: no control characters. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder(SHOWN + 1);
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return text.length() > SHOWN ? shown.append('…').toString() : shown.toString();
  }
}
