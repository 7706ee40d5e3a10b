package countersign.wire.postgres.sql;

import countersign.wire.postgres.sql.Tokens.Type;

/**
 * Cuts a text into tokens exactly as PostgreSQL's scanner does ({@code src/backend/parser/scan.l}),
 * or not at all: whatever is read differently by different versions or settings of the server is a
 * {@link Odd}.
 */
final class Lexer {
  private static final String OPERATOR_CHARACTERS = "~!@#^&|`?+-*/%<>=";
  private static final int LONGEST_OPERATOR = 63;
  private static final String SPECIAL_OPERATOR_CHARACTERS = "~!@#^&|`?%";

  private final String sql;
  private final boolean standardConformingStrings;
  private final Tokens tokens;
  private int at;

  private Lexer(String sql, boolean standardConformingStrings) {
    this.sql = sql;
    this.standardConformingStrings = standardConformingStrings;
    this.tokens = new Tokens(sql);
  }

  /** The text cannot be cut with certainty. The message names no content. */
  static final class Odd extends Exception {
    private static final long serialVersionUID = 1L;

    Odd(String message) {
      super(message, null, false, false);
    }
  }

  static Tokens cut(String sql, boolean standardConformingStrings) throws Odd {
    Lexer lexer = new Lexer(sql, standardConformingStrings);
    if (sql.indexOf('\0') >= 0) {
      throw new Odd("U+0000");
    }
    while (lexer.skipBlanks()) {
      lexer.token();
    }
    return lexer.tokens;
  }

  /** Skips white space and comments; false at the end. */
  private boolean skipBlanks() throws Odd {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        at++;
      } else if (c == '-' && peek(1) == '-') {
        skipLine();
      } else if (c == '/' && peek(1) == '*') {
        skipComment();
      } else {
        return true;
      }
    }
    return false;
  }

  private void skipLine() {
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
  }

  private void skipComment() throws Odd {
    int depth = 0;
    do {
      char c = peek(0);
      char next = peek(1);
      if (c == 0) {
        throw new Odd("comment without an end");
      }
      if (c == '/' && next == '*') {
        depth++;
        at += 2;
      } else if (c == '*' && next == '/') {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0);
  }

  private void token() throws Odd {
    int from = at;
    char c = sql.charAt(at);
    if (c == '\'') {
      plainString(from);
    } else if (c == '"') {
      quotedIdentifier(from);
    } else if (c == '$') {
      dollar(from);
    } else if (isDigit(c) || c == '.' && isDigit(peek(1))) {
      number(from);
    } else if (startsWord(at)) {
      word(from);
    } else if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
      operator(from);
    } else {
      symbol(from, c);
    }
  }

  private void symbol(int from, char c) throws Odd {
    switch (c) {
      case ',', ';', '(', ')', '[', ']' -> at++;
      case '.' -> {
        at++;
        if (peek(0) == '.') {
          throw new Odd("two dots");
        }
      }
      case ':' -> at += peek(1) == ':' || peek(1) == '=' ? 2 : 1;
      default -> throw new Odd(String.format("U+%04X outside quotes", sql.codePointAt(at)));
    }
    tokens.add(Type.symbol, from, at);
  }

  private void plainString(int from) throws Odd {
    at++;
    skipTo('\'', plainBackslash());
    tokens.add(Type.string, from, at);
  }

  /** What a backslash is inside quotes. */
  private enum Backslash {
    isText,
    escapes,
    isOdd
  }

  /** Moves behind the closing quote; a doubled quote is part of the text. */
  private void skipTo(char quote, Backslash backslash) throws Odd {
    for (; at < sql.length(); at++) {
      char c = sql.charAt(at);
      if (c == '\\' && backslash == Backslash.isOdd) {
        throw new Odd("backslash while standard_conforming_strings is off");
      }
      if (c == '\\' && backslash == Backslash.escapes) {
        at++;
      } else if (c == quote) {
        if (peek(1) != quote) {
          at++;
          return;
        }
        at++;
      }
    }
    throw new Odd("quotes without an end");
  }

  private void quotedIdentifier(int from) throws Odd {
    at++;
    skipTo('"', Backslash.isText);
    if (at - from == 2) {
      throw new Odd("empty quoted identifier");
    }
    tokens.add(Type.quoted, from, at);
  }

  private void dollar(int from) throws Odd {
    if (isDigit(peek(1))) {
      at++;
      skipDigits();
      refuseWordHere();
      tokens.add(Type.parameter, from, at);
      return;
    }
    int end = at + 1;
    if (end < sql.length() && startsWord(end)) {
      end = endOfWord(end, false);
    }
    if (end >= sql.length() || sql.charAt(end) != '$') {
      throw new Odd("dollar sign");
    }
    String tag = sql.substring(at, end + 1);
    int closing = sql.indexOf(tag, end + 1);
    if (closing < 0) {
      throw new Odd("dollar quotes without an end");
    }
    at = closing + tag.length();
    tokens.add(Type.string, from, at);
  }

  private void number(int from) throws Odd {
    skipDigits();
    if (peek(0) == '.') {
      at++;
      if (peek(0) == '.') {
        throw new Odd("two dots");
      }
      skipDigits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      int exponent = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (isDigit(peek(exponent))) {
        at += exponent;
        skipDigits();
      }
    }
    refuseWordHere();
    tokens.add(Type.number, from, at);
  }

  private void skipDigits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  /** Numbers and words without a blank between are read differently by different versions. */
  private void refuseWordHere() throws Odd {
    if (at < sql.length() && (startsWord(at) || sql.charAt(at) == '$')) {
      throw new Odd("number and word without a blank between");
    }
  }

  private void word(int from) throws Odd {
    at = endOfWord(at, true);
    int length = at - from;
    char first = Character.toLowerCase(sql.charAt(from));
    if (length == 1 && peek(0) == '\'') {
      if (first == 'e') {
        escapeString(from);
        return;
      }
      if (first == 'b' || first == 'x' || first == 'n') {
        at++;
        skipTo('\'', plainBackslash());
        tokens.add(Type.string, from, at);
        return;
      }
    }
    if (length == 1 && first == 'u' && peek(0) == '&' && (peek(1) == '\'' || peek(1) == '"')) {
      throw new Odd("U& quotes");
    }
    tokens.add(Type.word, from, at);
  }

  private Backslash plainBackslash() {
    return standardConformingStrings ? Backslash.isText : Backslash.isOdd;
  }

  private void escapeString(int from) throws Odd {
    at++;
    skipTo('\'', Backslash.escapes);
    int end = at;
    tokens.add(Type.string, from, end);
    // A string that goes on after a line break keeps its way of escaping.
    if (skipBlanks() && sql.charAt(at) == '\'') {
      throw new Odd("E quotes that go on");
    }
  }

  /** Operators are as long as they can be, but end before a comment and, mostly, before + or -. */
  private void operator(int from) throws Odd {
    int end = from;
    while (end < sql.length() && OPERATOR_CHARACTERS.indexOf(sql.charAt(end)) >= 0) {
      if (end > from && (sql.startsWith("--", end) || sql.startsWith("/*", end))) {
        break;
      }
      end++;
      if (end - from > LONGEST_OPERATOR) {
        throw new Odd("operator longer than " + LONGEST_OPERATOR + " characters");
      }
    }
    while (end - from > 1 && "+-".indexOf(sql.charAt(end - 1)) >= 0 && !special(from, end - 1)) {
      end--;
    }
    at = end;
    tokens.add(Type.operator, from, at);
  }

  private boolean special(int from, int to) {
    for (int i = from; i < to; i++) {
      if (SPECIAL_OPERATOR_CHARACTERS.indexOf(sql.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private boolean startsWord(int index) {
    char c = sql.charAt(index);
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || c >= 0x80 && isLetter(sql.codePointAt(index));
  }

  private int endOfWord(int from, boolean dollars) {
    int end = from;
    while (end < sql.length()) {
      char c = sql.charAt(end);
      if (startsWord(end)) {
        end += c >= 0x80 ? Character.charCount(sql.codePointAt(end)) : 1;
      } else if (isDigit(c) || dollars && c == '$') {
        end++;
      } else {
        break;
      }
    }
    return end;
  }

  /** To the server every byte above 127 is a letter; what looks like something else is odd here. */
  private static boolean isLetter(int codePoint) {
    int type = Character.getType(codePoint);
    return Character.isLetterOrDigit(codePoint)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private char peek(int ahead) {
    int index = at + ahead;
    return index < sql.length() ? sql.charAt(index) : 0;
  }
}
