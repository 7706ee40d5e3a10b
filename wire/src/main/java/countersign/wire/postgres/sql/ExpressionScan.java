package countersign.wire.postgres.sql;

import countersign.wire.postgres.sql.Tokens.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Walks the tokens of a query or of the expressions of a statement once, and reports whatever is
 * not known to be harmless: calls, operators, types, locks, INTO, WITH. It does not parse: it looks
 * for what could do something, and what it cannot place it reports.
 */
final class ExpressionScan {
  private final Tokens tokens;
  private final Findings found;
  private final boolean namesTrusted;
  private final Deque<Frame> frames = new ArrayDeque<>();

  /** Whether the next USING begins a list of relations, as in DELETE. */
  private boolean usingNamesRelations;

  /** Where an expression begins although a bracket has just closed; -1 for nowhere. */
  private int fresh = -1;

  private boolean fromInsideNext;

  private boolean queries;

  ExpressionScan(Tokens tokens, Findings found, boolean namesTrusted) {
    this.tokens = tokens;
    this.found = found;
    this.namesTrusted = namesTrusted;
  }

  ExpressionScan withUsingAsFrom() {
    usingNamesRelations = true;
    return this;
  }

  /** One pair of brackets, or the outermost level. */
  private static final class Frame {
    final boolean cast;
    final boolean fromInside;
    final boolean brackets;
    boolean inFrom;
    boolean relationNext;

    Frame(boolean cast, boolean fromInside, boolean brackets) {
      this.cast = cast;
      this.fromInside = fromInside;
      this.brackets = brackets;
    }
  }

  /** Whether a SELECT, TABLE or VALUES was among the tokens. */
  boolean queries() {
    return queries;
  }

  void scan(int from, int to) {
    frames.push(new Frame(false, false, false));
    for (int i = from; i < to; ) {
      i = step(i, to);
    }
    frames.clear();
  }

  private Frame top() {
    return frames.getFirst();
  }

  /** Looks at one token, or at the few that belong together; returns the one after them. */
  private int step(int i, int to) {
    return switch (tokens.type(i)) {
      case word, quoted -> name(i, to);
      case string -> i + 1;
      case number, parameter -> i + 1;
      case operator -> operator(i);
      case symbol -> symbol(i, to);
    };
  }

  private int symbol(int i, int to) {
    if (tokens.isSymbol(i, '(')) {
      open(i, new Frame(false, fromInsideNext, false));
      fromInsideNext = false;
    } else if (tokens.isSymbol(i, '[')) {
      frames.push(new Frame(false, false, true));
    } else if (tokens.isSymbol(i, ')') || tokens.isSymbol(i, ']')) {
      close(i, to);
    } else if (tokens.isSymbol(i, ',')) {
      top().relationNext = top().inFrom;
    } else if (tokens.isSymbol(i, '.')) {
      if (!tokens.isOperator(i + 1, "*")) {
        found.code("field of an expression"); // (x).f may call f
      }
    } else if (tokens.isCast(i)) {
      return type(i + 1, to);
    } else if (tokens.isSymbol(i, ':') && !top().brackets) {
      found.problem("colon");
    }
    return i + 1;
  }

  /** A bracket inside a list of relations may hold a join: its first name is a relation too. */
  private void open(int i, Frame frame) {
    boolean join = top().relationNext;
    top().relationNext = false;
    frame.inFrom = join;
    frame.relationNext = join;
    frames.push(frame);
  }

  private void close(int i, int to) {
    if (frames.size() > 1) {
      frames.pop();
    }
    if (i + 1 < to && tokens.type(i + 1) == Type.string && fresh != i + 1) {
      found.code("constant of a type with modifiers");
    }
  }

  private int operator(int i) {
    if (tokens.isOperator(i, "*") && starOfAll(i)) {
      return i + 1;
    }
    if (!Harmless.OPERATORS.contains(tokens.text(i))) {
      found.code("operator not listed");
    } else if (!namesTrusted) {
      found.code("operator while names are not trusted");
    }
    return i + 1;
  }

  private boolean starOfAll(int i) {
    return tokens.isSymbol(i - 1, '.')
        || tokens.isSymbol(i - 1, ',')
        || tokens.isSymbol(i - 1, '(')
        || tokens.is(i - 1, "select")
        || tokens.is(i - 1, "returning")
        || tokens.is(i - 1, "all")
        || tokens.is(i - 1, "distinct");
  }

  private int name(int i, int to) {
    int last = endOfName(tokens, i, to) - 1;
    boolean single = last == i;
    if (single && tokens.type(i) == Type.word) {
      int after = keyword(i, tokens.word(i), to);
      if (after > 0) {
        return after;
      }
    }
    boolean call = tokens.isSymbol(last + 1, '(') && last + 1 < to;
    if (top().relationNext && !call) {
      found.relation(asWritten(tokens, i, last));
    }
    if (call && !aliasWithColumns(i, single)) {
      call(i, last);
      top().relationNext = false;
      return last + 1;
    }
    top().relationNext = false;
    if (last + 1 < to && tokens.type(last + 1) == Type.string) {
      typedConstant(i, single);
    }
    return last + 1;
  }

  /** The token after a name with dots; a star behind the last dot belongs to it. */
  static int endOfName(Tokens tokens, int i, int to) {
    int last = i;
    while (last + 2 < to && tokens.isSymbol(last + 1, '.')) {
      if (!tokens.isName(last + 2)) {
        return tokens.isOperator(last + 2, "*") ? last + 3 : last + 1;
      }
      last += 2;
    }
    return last + 1;
  }

  static String asWritten(Tokens tokens, int first, int last) {
    StringBuilder name = new StringBuilder();
    for (int i = first; i <= last; i += 2) {
      name.append(name.isEmpty() ? "" : ".");
      String part = tokens.isName(i) ? tokens.name(i) : tokens.text(i);
      name.append(part.indexOf('.') < 0 ? part : '"' + part + '"');
    }
    return name.toString();
  }

  /** {@code AS name (column, …)}: no call can stand there. A CAST's AS is read with its type. */
  private boolean aliasWithColumns(int i, boolean single) {
    if (!single || !tokens.is(i - 1, "as")) {
      return false;
    }
    int open = i + 1;
    for (int k = open + 1; k < tokens.partner(open); k++) {
      if (!tokens.isName(k) && !tokens.isSymbol(k, ',')) {
        return false;
      }
    }
    return true;
  }

  /**
   * A single word that means something in the grammar.
   *
   * @return the token after what was read, or 0 when it is a name like any other
   */
  private int keyword(int i, String word, int to) {
    Frame frame = top();
    switch (word) {
      case "select", "values", "table" -> {
        if (word.equals("values") && !tokens.isSymbol(i + 1, '(')) {
          return 0;
        }
        queries = true;
        frame.inFrom = false;
        frame.relationNext = word.equals("table");
      }
      case "from" -> {
        if (!frame.fromInside && !isDistinctFrom(i)) {
          frame.inFrom = true;
          frame.relationNext = true;
        }
      }
      case "using" -> {
        frame.inFrom |= usingNamesRelations;
        frame.relationNext = usingNamesRelations;
        usingNamesRelations = false;
      }
      case "join" -> {
        frame.relationNext = true;
        boolean called = tokens.isSymbol(i + 1, '(') && !joinedGroup(i);
        return called || tokens.isType(i + 1, Type.string) ? 0 : i + 1;
      }
      case "where",
          "group",
          "having",
          "order",
          "limit",
          "offset",
          "fetch",
          "union",
          "intersect",
          "except",
          "window",
          "returning" -> {
        frame.inFrom = false;
        frame.relationNext = false;
      }
      case "on" -> on(i);
      case "only", "lateral" -> {
        return i + 1; // a relation may still come
      }
      case "cast" -> {
        if (tokens.isSymbol(i + 1, '(')) {
          open(i + 1, new Frame(true, false, false));
          return i + 2;
        }
      }
      case "as" -> {
        return frame.cast ? type(i + 1, to) : i + 1;
      }
      case "operator" -> {
        return operatorOf(i, to);
      }
      case "rows" -> {
        return tokens.is(i + 1, "from") ? i + 1 : 0;
      }
      default -> forbidden(i, word);
    }
    if (!namesTrusted && ASKS_OPERATORS.contains(word)) {
      found.code("operator while names are not trusted");
    }
    return Harmless.RESERVED.contains(word) ? i + 1 : 0;
  }

  private static final Set<String> ASKS_OPERATORS =
      Set.of("in", "like", "ilike", "similar", "between", "any", "some", "all", "nullif", "when");

  /** {@code IS DISTINCT FROM} compares; after a column called distinct, FROM is what it says. */
  private boolean isDistinctFrom(int i) {
    return tokens.is(i - 1, "distinct")
        && (tokens.is(i - 2, "is") || tokens.is(i - 2, "not") && tokens.is(i - 3, "is"));
  }

  /** {@code JOIN (SELECT}, which can be no call. */
  private boolean joinedGroup(int i) {
    return tokens.isSymbol(i + 1, '(')
        && (tokens.is(i + 2, "select")
            || tokens.is(i + 2, "values") && tokens.isSymbol(i + 3, '('));
  }

  /** After DISTINCT ON (…) an expression begins, though a bracket has just closed. */
  private void on(int i) {
    top().relationNext = false;
    if (tokens.is(i - 1, "distinct") && tokens.isSymbol(i + 1, '(')) {
      fresh = tokens.partner(i + 1) + 1;
    }
  }

  private void forbidden(int i, String word) {
    switch (word) {
      case "into" -> found.problem("INTO");
      case "insert", "delete", "merge" -> found.problem("a second statement inside");
      case "update" -> {
        if (!tokens.is(i - 1, "do")) {
          found.problem("UPDATE inside");
        }
      }
      case "with" -> {
        boolean timeZone = tokens.is(i + 1, "time") && tokens.is(i + 2, "zone");
        boolean ties = tokens.is(i + 1, "ties") && !tokens.is(i + 2, "as");
        boolean numbers = tokens.is(i + 1, "ordinality") && tokens.isSymbol(i - 1, ')');
        if (!timeZone && !ties && !numbers) {
          found.problem("WITH");
        }
      }
      case "for" -> {
        if (!top().fromInside) {
          found.problem("FOR");
        }
      }
      case "tablesample" -> found.code("TABLESAMPLE");
      case "uescape" -> found.problem("UESCAPE");
      default -> {}
    }
  }

  /** {@code OPERATOR(pg_catalog.=)} names a listed operator where no search path is asked. */
  private int operatorOf(int i, int to) {
    if (!tokens.isSymbol(i + 1, '(')) {
      return 0;
    }
    boolean known =
        i + 5 < to
            && tokens.is(i + 2, "pg_catalog")
            && tokens.isSymbol(i + 3, '.')
            && tokens.isType(i + 4, Type.operator)
            && tokens.partner(i + 1) == i + 5
            && Harmless.OPERATORS.contains(tokens.text(i + 4));
    if (!known) {
      found.code("OPERATOR()");
    }
    int after = tokens.partner(i + 1) + 1;
    fresh = after;
    return after;
  }

  private void call(int first, int last) {
    String written = asWritten(tokens, first, last);
    if (grammarOf(first, last)) {
      return;
    }
    found.function(written);
    if (!harmlessFunction(first, last)) {
      found.code("function " + (written.length() > 63 ? "not listed" : written + " not listed"));
    }
  }

  /** Whether the bracket after a word belongs to the grammar and not to a call. */
  private boolean grammarOf(int first, int last) {
    if (first != last || tokens.type(first) != Type.word) {
      return false;
    }
    int i = first;
    String word = tokens.word(i);
    if (Harmless.CALL_KEYWORDS.contains(word)) {
      if (Harmless.FROM_INSIDE.contains(word)) {
        fromInsideNext = true;
      }
      return true;
    }
    if (tokens.is(i + 2, "select")) {
      return true; // a call's arguments are expressions: a bare SELECT is none
    }
    return switch (word) {
      case "by" ->
          tokens.is(i - 1, "order") || tokens.is(i - 1, "group") || tokens.is(i - 1, "partition");
      case "over", "filter" -> tokens.isSymbol(i - 1, ')') && fresh != i;
      case "conflict" -> tokens.is(i - 1, "on");
      case "set" -> tokens.is(i - 1, "update");
      case "sets" -> tokens.is(i - 1, "grouping");
      case "zone" -> tokens.is(i - 1, "time") && tokens.is(i - 2, "at");
      case "like", "ilike" -> endsOperand(i - 1) || tokens.is(i - 1, "not") && endsOperand(i - 2);
      default -> false;
    };
  }

  private boolean harmlessFunction(int first, int last) {
    String word = tokens.isType(last, Type.word) ? tokens.word(last) : "";
    boolean listed =
        Harmless.FUNCTIONS.contains(word) || Harmless.VOLATILE_FUNCTIONS.contains(word);
    if (first == last) {
      return listed && namesTrusted;
    }
    return listed && last - first == 2 && tokens.is(first, "pg_catalog");
  }

  /** {@code type 'text'} is a cast; a few keywords stand before a constant as well. */
  private void typedConstant(int i, boolean single) {
    if (!single || tokens.type(i) != Type.word) {
      found.code("constant of a type not listed");
      return;
    }
    String word = tokens.word(i);
    boolean fine =
        Harmless.KEYWORD_TYPES.contains(word) && !word.equals("double") // alone it is a name
            || namesTrusted && Harmless.TYPES.contains(word)
            || word.equals("between")
            || word.equals("precision") && tokens.is(i - 1, "double")
            || word.equals("zone")
                && tokens.is(i - 1, "time")
                && (tokens.is(i - 2, "at")
                    || tokens.is(i - 2, "with")
                    || tokens.is(i - 2, "without"))
            || word.equals("escape") && endsOperand(i - 1)
            || (word.equals("like") || word.equals("ilike"))
                && (endsOperand(i - 1) || tokens.is(i - 1, "not") && endsOperand(i - 2));
    if (!fine) {
      found.code("constant of a type not listed");
    }
  }

  /** Whether an operand has just ended, so that no expression can begin. Unsure means no. */
  private boolean endsOperand(int i) {
    if (i < 0 || fresh == i + 1) {
      return false;
    }
    return switch (tokens.type(i)) {
      case string, number, parameter, quoted -> true;
      case operator -> false;
      case symbol -> tokens.isSymbol(i, ')') || tokens.isSymbol(i, ']');
      case word -> {
        String word = tokens.word(i);
        yield tokens.isSymbol(i - 1, '.')
            || Harmless.RESERVED_OPERANDS.contains(word)
            || !Harmless.RESERVED.contains(word) && !Harmless.BEFORE_EXPRESSION.contains(word);
      }
    };
  }

  private int type(int i, int to) {
    TypeName name = new TypeName(tokens, namesTrusted);
    int after = name.read(i, to);
    if (after < 0 || top().cast && tokens.is(i - 1, "as") && !tokens.isSymbol(after, ')')) {
      found.code("type not listed");
      return i;
    }
    return after;
  }
}
