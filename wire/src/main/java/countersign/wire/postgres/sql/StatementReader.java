package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.sql.Statement.Kind;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Reads one statement by its leading word. */
final class StatementReader {
  private final Tokens tokens;
  private final Findings found;
  private final boolean namesTrusted;
  private final int from;
  private final int to;
  private boolean touchesNames;

  StatementReader(Tokens tokens, Findings found, boolean namesTrusted, int from, int to) {
    this.tokens = tokens;
    this.found = found;
    this.namesTrusted = namesTrusted;
    this.from = from;
    this.to = to;
  }

  /** Whether names may mean something else once it has run. */
  boolean touchesNames() {
    return touchesNames || found.runsCode();
  }

  Statement read() {
    int first = from;
    while (tokens.isSymbol(first, '(')) {
      first++;
    }
    String word = first < to && tokens.isType(first, Tokens.Type.word) ? tokens.word(first) : "";
    if (first > from) {
      return word.equals("select") || word.equals("values") || word.equals("table")
          ? select()
          : unknown("brackets", hints());
    }
    return switch (word) {
      case "select", "values", "table" -> select();
      case "show" -> new SettingReader(tokens, from, to).show();
      case "explain" -> explain();
      case "insert" -> insert();
      case "update" -> update();
      case "delete" -> delete();
      case "truncate" -> truncate();
      case "copy" -> new CopyReader(tokens, found, namesTrusted, from, to).read();
      case "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release" ->
          new TransactionReader(tokens, from, to).read();
      case "set", "reset" -> setting();
      case "create",
          "alter",
          "drop",
          "comment",
          "grant",
          "revoke",
          "reassign",
          "security",
          "refresh",
          "import" ->
          new SchemaReader(tokens, found, namesTrusted, from, to).read();
      default -> other(word);
    };
  }

  private Statement select() {
    new ExpressionScan(tokens, found, namesTrusted).scan(from, to);
    Set<Effect> effects = EnumSet.of(Effect.read);
    if (!found.clean()) {
      effects.addAll(hints());
      if (names(from, to, "into")) {
        effects.add(Effect.schema);
        effects.add(Effect.create);
      }
    }
    return plain(Kind.select, effects);
  }

  /** What the words of a text that is not understood hint at; never less than unknown. */
  private Set<Effect> hints() {
    return hints(tokens, from, to);
  }

  static Set<Effect> hints(Tokens tokens, int from, int to) {
    Set<Effect> effects = EnumSet.of(Effect.unknown);
    for (int i = from; i < to; i++) {
      if (tokens.is(i, "insert")) {
        effects.add(Effect.create);
      } else if (tokens.is(i, "update") && !tokens.is(i - 1, "for")) {
        effects.add(Effect.change);
      } else if (tokens.is(i, "delete") || tokens.is(i, "truncate")) {
        effects.add(Effect.change);
        effects.add(Effect.destroy);
      } else if (tokens.is(i, "merge")) {
        effects.addAll(EnumSet.of(Effect.create, Effect.change, Effect.destroy));
      }
    }
    return effects;
  }

  /** A statement whose effects are known but for what was found on the way. */
  private Statement plain(Kind kind, Set<Effect> effects) {
    if (!found.clean()) {
      effects.add(Effect.unknown);
    }
    return new Statement.Plain(kind, tokens.text(from, to), effects, found.why());
  }

  private Statement unknown(String why, Set<Effect> effects) {
    return new Statement.Unknown(tokens.text(from, to), effects, why);
  }

  private boolean names(int start, int end, String word) {
    for (int i = start; i < end; i++) {
      if (tokens.is(i, word)) {
        return true;
      }
    }
    return false;
  }

  // Changing data.

  private Statement insert() {
    if (!tokens.is(from + 1, "into")) {
      return unknown("INSERT without INTO", EnumSet.of(Effect.create, Effect.unknown));
    }
    int after = relation(from + 2);
    if (after < 0) {
      return unknown("INSERT: relation", EnumSet.of(Effect.create, Effect.unknown));
    }
    if (tokens.is(after, "as") && tokens.isName(after + 1)) {
      after += 2;
    }
    Set<Effect> effects = EnumSet.of(Effect.create);
    for (int i = after; i < to; i++) {
      if (tokens.is(i, "do") && tokens.is(i + 1, "update")) {
        effects.add(Effect.change);
      }
    }
    scanData(after, effects, false);
    return plain(Kind.insert, effects);
  }

  private Statement update() {
    int start = tokens.is(from + 1, "only") ? from + 2 : from + 1;
    int after = relation(start);
    int set = after < 0 ? -1 : setOf(after);
    if (set < 0) {
      return unknown("UPDATE: relation", EnumSet.of(Effect.change, Effect.unknown));
    }
    Set<Effect> effects = EnumSet.of(Effect.change);
    scanData(set + 1, effects, false);
    return plain(Kind.update, effects);
  }

  /** Where SET stands: directly after the relation, or after {@code *}, {@code AS} and an alias. */
  private int setOf(int after) {
    int i = tokens.isOperator(after, "*") ? after + 1 : after;
    if (tokens.is(i, "as") && tokens.isName(i + 1)) {
      i += 2;
    } else if (tokens.isName(i) && !tokens.is(i, "set")) {
      i++;
    }
    return i < to && tokens.is(i, "set") ? i : -1;
  }

  private Statement delete() {
    int start = tokens.is(from + 2, "only") ? from + 3 : from + 2;
    int after = tokens.is(from + 1, "from") ? relation(start) : -1;
    Set<Effect> effects = EnumSet.of(Effect.change, Effect.destroy);
    if (after < 0) {
      effects.add(Effect.unknown);
      return unknown("DELETE: relation", effects);
    }
    scanData(tokens.isOperator(after, "*") ? after + 1 : after, effects, true);
    return plain(Kind.delete, effects);
  }

  private void scanData(int start, Set<Effect> effects, boolean usingNamesRelations) {
    ExpressionScan scan = new ExpressionScan(tokens, found, namesTrusted);
    if (usingNamesRelations) {
      scan.withUsingAsFrom();
    }
    scan.scan(start, to);
    // FROM and USING bring rows of other relations into what is written: that reads them.
    if (names(start, to, "returning")
        || names(start, to, "select")
        || names(start, to, "table")
        || names(start, to, "from")
        || names(start, to, "using")) {
      effects.add(Effect.read);
    }
    if (!found.clean()) {
      effects.addAll(hints(tokens, start, to));
    }
  }

  /** Reads the name of a relation; returns the token after it, or -1. */
  private int relation(int start) {
    if (start >= to || !tokens.isName(start)) {
      return -1;
    }
    int after = ExpressionScan.endOfName(tokens, start, to);
    found.relation(ExpressionScan.asWritten(tokens, start, after - 1));
    return after;
  }

  private Statement truncate() {
    Set<Effect> effects = EnumSet.of(Effect.change, Effect.destroy);
    int i = tokens.is(from + 1, "table") ? from + 2 : from + 1;
    do {
      i = tokens.is(i, "only") ? i + 1 : i;
      i = relation(i);
      if (i < 0) {
        effects.add(Effect.unknown);
        return unknown("TRUNCATE: relation", effects);
      }
      i = tokens.isOperator(i, "*") ? i + 1 : i;
    } while (i < to && tokens.isSymbol(i++, ','));
    return plain(Kind.truncate, effects);
  }

  // What reads and what steers.

  private Statement explain() {
    int inner = explained();
    if (inner < 0 || tokens.is(inner, "explain")) {
      return unknown("EXPLAIN with ANALYZE or an option not listed", hints());
    }
    Statement statement = new StatementReader(tokens, found, namesTrusted, inner, to).read();
    boolean plan =
        statement instanceof Statement.Plain plain
            && !plain.effects().contains(Effect.unknown)
            && switch (plain.kind()) {
              case select, insert, update, delete -> true;
              case show, explain, truncate, schema, privilege, copyIn, copyOut, copyFile -> false;
            };
    if (!plan) {
      Set<Effect> effects = EnumSet.of(Effect.unknown);
      effects.addAll(statement.effects());
      return unknown("EXPLAIN of what is not readable", effects);
    }
    return new Statement.Plain(Kind.explain, tokens.text(from, to), EnumSet.of(Effect.read), "");
  }

  /** Where the explained statement begins, or -1 when EXPLAIN may run it. */
  private int explained() {
    int i = from + 1;
    if (tokens.isSymbol(i, '(')
        && !tokens.is(i + 1, "select")
        && !tokens.isSymbol(i + 1, '(')
        && !tokens.is(i + 1, "values")
        && !tokens.is(i + 1, "table")) {
      int close = tokens.partner(i);
      for (int k = i + 1; k < close; k++) {
        if (!tokens.isSymbol(k, ',') && !EXPLAIN_WORDS.contains(wordOrNumber(k))) {
          return -1;
        }
      }
      return close + 1 < to ? close + 1 : -1;
    }
    if (tokens.is(i, "verbose")) {
      i++;
    }
    return i >= to || tokens.is(i, "analyze") || tokens.is(i, "analyse") ? -1 : i;
  }

  private static final Set<String> EXPLAIN_WORDS =
      Set.of(
          "costs",
          "verbose",
          "settings",
          "summary",
          "format",
          "generic_plan",
          "memory",
          "text",
          "json",
          "xml",
          "yaml",
          "true",
          "false",
          "on",
          "off",
          "0",
          "1");

  private String wordOrNumber(int token) {
    return switch (tokens.type(token)) {
      case word -> tokens.word(token);
      case number -> tokens.text(token);
      case quoted, string, parameter, operator, symbol -> "";
    };
  }

  private Statement setting() {
    SettingReader reader = new SettingReader(tokens, from, to);
    Statement statement = tokens.is(from, "set") ? reader.set() : reader.reset();
    touchesNames = reader.touchesNames();
    return statement;
  }

  private Statement other(String word) {
    touchesNames = true;
    Set<Effect> effects = hints();
    switch (word) {
      case "do", "call", "execute" -> {}
      case "load" -> effects.add(Effect.program);
      case "listen",
          "unlisten",
          "notify",
          "prepare",
          "deallocate",
          "declare",
          "fetch",
          "move",
          "close",
          "lock" -> {
        effects.add(Effect.session);
        touchesNames = false;
      }
      case "vacuum", "analyze", "analyse", "reindex", "cluster" -> {} // run index expressions
      case "checkpoint" -> {
        effects.add(Effect.privilege);
        touchesNames = false;
      }
      case "discard" -> effects.add(Effect.session);
      default -> {
        return unknown("not a statement that is read", effects);
      }
    }
    return unknown(word.toUpperCase(Locale.ROOT) + " is not read", effects);
  }
}
