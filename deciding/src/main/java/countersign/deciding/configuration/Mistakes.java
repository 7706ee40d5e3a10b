package countersign.deciding.configuration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Collects what is wrong. Shows at most {@link #SHOWN} mistakes and no value longer than a line.
 */
final class Mistakes {
  static final int SHOWN = 200;
  private static final int VALUE = 80;

  private final String file;
  private final List<Mistake> found = new ArrayList<>();

  private record Mistake(int line, String words) {}

  Mistakes(String file) {
    this.file = file;
  }

  void add(int line, String words) {
    found.add(new Mistake(line, words));
  }

  /** {@code path: value (expected: …)}. */
  void add(int line, String path, String value, String expected) {
    add(line, path + ": " + value + " (expected: " + expected + ")");
  }

  void add(Part part, String value, String expected) {
    add(part.line(), part.path(), value, expected);
  }

  void failIfAny() {
    if (found.isEmpty()) {
      return;
    }
    List<String> errors =
        new ArrayList<>(
            found.stream()
                .sorted(Comparator.comparingInt(Mistake::line))
                .limit(SHOWN)
                .map(mistake -> file + ":" + mistake.line() + ": " + mistake.words())
                .toList());
    if (found.size() > SHOWN) {
      errors.add(file + ":1: and " + (found.size() - SHOWN) + " more mistakes");
    }
    throw new ConfigurationErrors(errors);
  }

  /** A value as it may be shown: one line, cut, control characters written out. */
  static String shown(String value) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < value.length() && i < VALUE; i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return value.isEmpty() ? "''" : value.length() > VALUE ? shown + "…" : shown.toString();
  }

  /** {@code ; nearest: name}, or nothing when no name is near. */
  static String nearest(String written, Collection<String> names) {
    int bound = Math.max(1, Math.min(2, written.length() / 2));
    Optional<String> nearest =
        written.length() > 64
            ? Optional.empty()
            : names.stream()
                .filter(name -> distance(written, name) <= bound)
                .min(Comparator.comparingInt(name -> distance(written, name)));
    return nearest.map(name -> "; nearest: " + name).orElse("");
  }

  /** Levenshtein's distance; case does not count. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int same =
            Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1))
                ? 0
                : 1;
        int next = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + same);
        diagonal = row[j];
        row[j] = next;
      }
    }
    return row[other.length()];
  }
}
