package countersign.wire.postgres.sql;

/** Blanks and comments around a statement, as PostgreSQL's scanner skips them. */
final class Blank {
  private Blank() {}

  /** The text without blanks and comments before it and blanks behind it. */
  static String strip(String text) {
    int from = 0;
    while (from < text.length()) {
      int after = skip(text, from);
      if (after == from) {
        break;
      }
      from = after;
    }
    int to = text.length();
    while (to > from && blank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static int skip(String text, int at) {
    if (blank(text.charAt(at))) {
      return at + 1;
    }
    if (text.startsWith("--", at)) {
      int end = at;
      while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
        end++;
      }
      return end;
    }
    if (!text.startsWith("/*", at)) {
      return at;
    }
    int depth = 0;
    for (int i = at; i < text.length() - 1; i++) {
      if (text.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (text.startsWith("*/", i)) {
        i++;
        if (--depth == 0) {
          return i + 1;
        }
      }
    }
    return at;
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0x0b;
  }
}
