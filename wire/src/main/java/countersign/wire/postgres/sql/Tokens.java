package countersign.wire.postgres.sql;

import java.util.Arrays;

/** The tokens of a text, as ranges of it; comments and blanks are not among them. */
final class Tokens {

  /** What a token is. */
  enum Type {
    /** An identifier or keyword without quotes. */
    word,
    /** An identifier in double quotes. */
    quoted,
    /** A constant in any quotes: plain, E, B, X, N, dollar. */
    string,
    number,
    parameter,
    operator,
    /** One of {@code , ; . : [ ] ( )}, {@code ::} or {@code :=}. */
    symbol
  }

  private static final Type[] TYPES = Type.values();
  private static final int NONE = -1;

  private final String sql;
  private byte[] types = new byte[64];
  private int[] froms = new int[64];
  private int[] tos = new int[64];
  private int[] partners = new int[0];
  private int size;

  Tokens(String sql) {
    this.sql = sql;
  }

  void add(Type type, int from, int to) {
    if (size == types.length) {
      types = Arrays.copyOf(types, size * 2);
      froms = Arrays.copyOf(froms, size * 2);
      tos = Arrays.copyOf(tos, size * 2);
    }
    types[size] = (byte) type.ordinal();
    froms[size] = from;
    tos[size] = to;
    size++;
  }

  int size() {
    return size;
  }

  Type type(int token) {
    return TYPES[types[token]];
  }

  int from(int token) {
    return froms[token];
  }

  int to(int token) {
    return tos[token];
  }

  String text(int token) {
    return sql.substring(froms[token], tos[token]);
  }

  /** The text from one token to another, the last one not included. */
  String text(int first, int end) {
    return sql.substring(froms[first], tos[end - 1]);
  }

  /** Whether it is a word, in whatever ASCII case; {@code lower} is in lower case. */
  boolean is(int token, String lower) {
    if (token < 0 || token >= size || type(token) != Type.word) {
      return false;
    }
    int from = froms[token];
    if (tos[token] - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (fold(sql.charAt(from + i)) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  boolean isSymbol(int token, char symbol) {
    return token >= 0
        && token < size
        && type(token) == Type.symbol
        && tos[token] - froms[token] == 1
        && sql.charAt(froms[token]) == symbol;
  }

  boolean isCast(int token) {
    return token < size && type(token) == Type.symbol && text(token).equals("::");
  }

  boolean isOperator(int token, String operator) {
    return token >= 0
        && token < size
        && type(token) == Type.operator
        && text(token).equals(operator);
  }

  boolean isType(int token, Type type) {
    return token >= 0 && token < size && type(token) == type;
  }

  /** Whether it can be a name: a word or a quoted identifier. */
  boolean isName(int token) {
    return isType(token, Type.word) || isType(token, Type.quoted);
  }

  /** The word as PostgreSQL folds it: only A to Z change, whatever the locale. */
  String word(int token) {
    int from = froms[token];
    int to = tos[token];
    for (int i = from; i < to; i++) {
      if (fold(sql.charAt(i)) != sql.charAt(i)) {
        StringBuilder folded = new StringBuilder(to - from);
        for (int k = from; k < to; k++) {
          folded.append(fold(sql.charAt(k)));
        }
        return folded.toString();
      }
    }
    return sql.substring(from, to);
  }

  /** A name as the catalogue knows it: words folded, quotes removed. */
  String name(int token) {
    if (type(token) == Type.word) {
      return word(token);
    }
    return sql.substring(froms[token] + 1, tos[token] - 1).replace("\"\"", "\"");
  }

  /** Pairs brackets; false when they do not pair or nest deeper than {@code deepest}. */
  boolean pair(int deepest) {
    partners = new int[size];
    int[] open = new int[deepest];
    int depth = 0;
    for (int i = 0; i < size; i++) {
      partners[i] = NONE;
      if (isSymbol(i, '(') || isSymbol(i, '[')) {
        if (depth == deepest) {
          return false;
        }
        open[depth++] = i;
      } else if (isSymbol(i, ')') || isSymbol(i, ']')) {
        if (depth == 0) {
          return false;
        }
        int opening = open[--depth];
        if (isSymbol(opening, '(') != isSymbol(i, ')')) {
          return false;
        }
        partners[opening] = i;
        partners[i] = opening;
      } else if (isSymbol(i, ';') && depth > 0) {
        return false;
      }
    }
    return depth == 0;
  }

  /** The other bracket of a pair. */
  int partner(int bracket) {
    return partners[bracket];
  }

  private static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
