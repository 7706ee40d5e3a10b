package countersign.wire.postgres.sql;

import java.util.List;

/**
 * A name as the parser leaves it: folded, unescaped, without quotes.
 *
 * @param schema schema, empty when it is not written and the search path decides
 * @param name last part
 */
public record Name(String schema, String name) {
  /** Schema of everything that is built in. */
  public static final String BUILT_IN = "pg_catalog";

  /** Puts the parts of a name together; a database before the schema is left out. */
  static Name of(List<String> parts) {
    int n = parts.size();
    return n == 0 ? new Name("", "") : new Name(n > 1 ? parts.get(n - 2) : "", parts.getLast());
  }

  /** Whether a schema is written. */
  public boolean qualified() {
    return !schema.isEmpty();
  }

  /** As it may be written in SQL: quoted where it must be. */
  public String written() {
    return schema.isEmpty() ? quoted(name) : quoted(schema) + "." + quoted(name);
  }

  private static String quoted(String part) {
    boolean plain = !part.isEmpty() && (part.charAt(0) < '0' || part.charAt(0) > '9');
    for (int i = 0; plain && i < part.length(); i++) {
      char c = part.charAt(i);
      plain = c >= 'a' && c <= 'z' || c == '_' || c >= '0' && c <= '9';
    }
    return plain ? part : '"' + part.replace("\"", "\"\"") + '"';
  }
}
