package countersign.wire.postgres.sql;

import countersign.wire.postgres.sql.Tokens.Type;

/** Reads the name of a type of {@code pg_catalog} with its modifiers and array bounds. */
final class TypeName {
  private final Tokens tokens;
  private final boolean namesTrusted;

  TypeName(Tokens tokens, boolean namesTrusted) {
    this.tokens = tokens;
    this.namesTrusted = namesTrusted;
  }

  /** Returns the token after the type, or -1 when it is not a listed one. */
  int read(int from, int to) {
    int i = from;
    boolean qualified = tokens.is(i, "pg_catalog") && tokens.isSymbol(i + 1, '.');
    if (qualified) {
      i += 2;
    }
    if (i >= to || !tokens.isType(i, Type.word) || tokens.isSymbol(i + 1, '.')) {
      return -1;
    }
    String word = tokens.word(i);
    boolean keyword = Harmless.KEYWORD_TYPES.contains(word);
    if (!keyword && !(Harmless.TYPES.contains(word) && (namesTrusted || qualified))) {
      return -1;
    }
    i++;
    if (keyword && !qualified) {
      i = moreWords(word, i);
      if (i < 0) {
        return -1;
      }
    }
    i = modifiers(i);
    if (i > 0 && (word.equals("time") || word.equals("timestamp"))) {
      i = timeZone(i);
    }
    return i < 0 ? i : arrayBounds(i);
  }

  private int moreWords(String word, int i) {
    return switch (word) {
      case "double" -> tokens.is(i, "precision") ? i + 1 : -1;
      case "national" -> {
        boolean character = tokens.is(i, "character") || tokens.is(i, "char");
        yield character ? varying(i + 1) : -1;
      }
      case "character", "char", "nchar", "bit" -> varying(i);
      default -> i;
    };
  }

  private int varying(int i) {
    return tokens.is(i, "varying") ? i + 1 : i;
  }

  /** {@code (10, 2)}: numbers only, because a modifier may be an expression. */
  private int modifiers(int i) {
    if (!tokens.isSymbol(i, '(')) {
      return i;
    }
    int close = tokens.partner(i);
    for (int k = i + 1; k < close; k++) {
      if (!tokens.isType(k, Type.number)
          && !tokens.isSymbol(k, ',')
          && !tokens.isOperator(k, "-")) {
        return -1;
      }
    }
    return close + 1;
  }

  private int timeZone(int i) {
    boolean with = tokens.is(i, "with") || tokens.is(i, "without");
    return with && tokens.is(i + 1, "time") && tokens.is(i + 2, "zone") ? i + 3 : i;
  }

  private int arrayBounds(int from) {
    int i = from;
    if (tokens.is(i, "array") && tokens.isSymbol(i + 1, '[')) {
      i++;
    }
    while (tokens.isSymbol(i, '[')) {
      int close = tokens.partner(i);
      if (close > i + 2 || close == i + 2 && !tokens.isType(i + 1, Type.number)) {
        return i; // a subscript, which is read as an expression
      }
      i = close + 1;
    }
    return i;
  }
}
