package countersign.deciding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A relation's name as PostgreSQL would look it up: folded, unquoted, without the database.
 *
 * <p>Source: PostgreSQL documentation, "4.1.1. Identifiers and Key Words".
 *
 * @param schema schema, empty when the name is not qualified and the search path decides
 * @param name relation
 */
record Relation(String schema, String name) {

  /** PostgreSQL cuts longer identifiers off, so what would be looked up is not what is written. */
  private static final int IDENTIFIER_BYTES = 63;

  /**
   * Reads a name as written in SQL.
   *
   * @return the name, or empty when it cannot be read; then it may be any relation
   */
  static Optional<Relation> read(String written) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (true) {
      at = skipBlank(written, at);
      StringBuilder part = new StringBuilder();
      at =
          at < written.length() && written.charAt(at) == '"'
              ? quoted(written, at + 1, part)
              : plain(written, at, part);
      if (at < 0 || part.isEmpty() || tooLong(part) || parts.size() == 3) {
        return Optional.empty();
      }
      parts.add(part.toString());
      at = skipBlank(written, at);
      if (at == written.length()) {
        return of(parts);
      }
      if (written.charAt(at) != '.') {
        return Optional.empty();
      }
      at++;
    }
  }

  private static Optional<Relation> of(List<String> parts) {
    return switch (parts.size()) {
      case 1 -> Optional.of(new Relation("", parts.getFirst()));
      // A third part names the database, which can only be the session's own.
      case 2, 3 -> Optional.of(new Relation(parts.get(parts.size() - 2), parts.getLast()));
      default -> Optional.empty();
    };
  }

  /**
   * Says whether a glob covers this relation wherever the search path finds it. A glob without a
   * dot speaks of every schema.
   */
  boolean surelyMatches(String glob) {
    int dot = glob.indexOf('.');
    String schemas = dot < 0 ? "*" : glob.substring(0, dot);
    return Glob.matches(glob.substring(dot + 1), name)
        && (schema.isEmpty() ? Glob.everything(schemas) : Glob.matches(schemas, schema));
  }

  /** Says whether a glob covers this relation in at least one place the search path may find it. */
  boolean mayMatch(String glob) {
    int dot = glob.indexOf('.');
    return Glob.matches(glob.substring(dot + 1), name)
        && (schema.isEmpty() || dot < 0 || Glob.matches(glob.substring(0, dot), schema));
  }

  private static int quoted(String written, int from, StringBuilder part) {
    for (int i = from; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c != '"') {
        part.append(c);
      } else if (i + 1 < written.length() && written.charAt(i + 1) == '"') {
        part.append('"');
        i++;
      } else {
        return i + 1;
      }
    }
    return -1;
  }

  private static int plain(String written, int from, StringBuilder part) {
    int i = from;
    while (i < written.length() && identifier(written.charAt(i), i == from)) {
      char c = written.charAt(i++);
      part.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return i;
  }

  private static boolean identifier(char c, boolean first) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c >= 0x80
        || (!first && ((c >= '0' && c <= '9') || c == '$'));
  }

  private static boolean tooLong(StringBuilder part) {
    return part.length() > IDENTIFIER_BYTES
        || part.toString().getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES;
  }

  private static int skipBlank(String written, int from) {
    int i = from;
    while (i < written.length() && " \t\n\r\f".indexOf(written.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }
}
