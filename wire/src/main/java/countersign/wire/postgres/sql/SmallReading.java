package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.operation.Facts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads what SQL does: deliberately small, and it fails closed. What it does not know to be
 * harmless has the effect {@code unknown}. Pure, thread-safe, time and memory linear in the text.
 *
 * <p>It knows no catalogue. So "read" means: the text names nothing that is not known to be
 * harmless. What it cannot see is code behind an object that is named (a view, a rule, a trigger,
 * row security, a generated column, {@code t.f} where {@code f} is a function of the row), a
 * function or operator of the same name and other argument types further down the search path, and
 * what an input or output function of a column's own type does. A read therefore belongs into a
 * read-only transaction of a role that has no more than it needs.
 *
 * <p><b>Names.</b> PostgreSQL looks into {@code pg_catalog} before the search path unless the path
 * lists it later, so an unqualified listed name means the listed function, until somebody sets the
 * path. {@link Reading#touchesNames} tells when that may have happened; from then on the text is to
 * be read with {@code namesTrusted = false}, and only names with {@code pg_catalog.} before them,
 * or fixed by the grammar, count as known. A path that a role or database brings from its own
 * settings is for whoever configures the target.
 */
public final class SmallReading {
  /** Name and version of this reading in the facts. */
  public static final String GRAMMAR = "small-reading/1";

  /** Longest text in characters; a longer one is unknown. */
  public static final int LONGEST = 1 << 20;

  /** Deepest nesting of brackets; a deeper one is unknown. */
  static final int DEEPEST = 200;

  private static final int MOST_STATEMENTS = 1_000;

  private SmallReading() {}

  /** Reads a text of a session in which names still mean what they meant at its beginning. */
  public static Reading read(String sql, boolean standardConformingStrings) {
    return read(sql, standardConformingStrings, true);
  }

  /**
   * Reads a text.
   *
   * @param sql one or more statements as the client sent them
   * @param standardConformingStrings the session's setting
   * @param namesTrusted false once a {@link Reading#touchesNames} has run in the session
   * @return never null, never throws for what the text is
   */
  public static Reading read(String sql, boolean standardConformingStrings, boolean namesTrusted) {
    if (sql.length() > LONGEST) {
      return unreadable(sql, "longer than " + LONGEST + " characters");
    }
    Tokens tokens;
    try {
      tokens = Lexer.cut(sql, standardConformingStrings);
    } catch (Lexer.Odd e) {
      return unreadable(sql, String.valueOf(e.getMessage()));
    }
    if (!tokens.pair(DEEPEST)) {
      return unreadable(
          sql,
          "brackets do not pair, nest deeper than " + DEEPEST + " or hold a semicolon",
          tokens);
    }
    if (holdsAtomicBody(tokens)) {
      return unreadable(sql, "BEGIN ATOMIC", tokens);
    }
    return statements(sql, tokens, namesTrusted);
  }

  private static Reading statements(String sql, Tokens tokens, boolean namesTrusted) {
    List<Statement> statements = new ArrayList<>();
    Set<String> relations = new LinkedHashSet<>();
    Set<String> functions = new LinkedHashSet<>();
    boolean touchesNames = false;
    for (int from = 0; from < tokens.size(); ) {
      int to = from;
      while (to < tokens.size() && !tokens.isSymbol(to, ';')) {
        to++;
      }
      if (to > from) {
        if (statements.size() == MOST_STATEMENTS) {
          return unreadable(sql, "more than " + MOST_STATEMENTS + " statements");
        }
        Findings found = new Findings();
        StatementReader reader =
            new StatementReader(tokens, found, namesTrusted && !touchesNames, from, to);
        statements.add(reader.read());
        touchesNames |= reader.touchesNames();
        relations.addAll(found.relations());
        functions.addAll(found.functions());
      }
      from = to + 1;
    }
    return reading(ownOnlyAlone(statements), relations, functions, touchesNames);
  }

  private static Reading reading(
      List<Statement> statements,
      Set<String> relations,
      Set<String> functions,
      boolean touchesNames) {
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    statements.forEach(statement -> effects.addAll(statement.effects()));
    List<String> texts = statements.stream().map(Statement::text).toList();
    Facts facts = new Facts(GRAMMAR, texts, List.copyOf(relations), List.copyOf(functions));
    return new Reading(statements, effects, facts, touchesNames);
  }

  /** The edge answers its own settings; it cannot do so in the middle of another text. */
  private static List<Statement> ownOnlyAlone(List<Statement> statements) {
    if (statements.size() < 2) {
      return statements;
    }
    return statements.stream()
        .map(statement ->
            statement instanceof Statement.Own own
                ? new Statement.Unknown(
                    own.text(),
                    Set.of(Effect.session, Effect.unknown),
                    "countersign.* is not alone in its text")
                : statement)
        .toList();
  }

  /** In the body of an SQL-standard function semicolons do not separate what is run now. */
  private static boolean holdsAtomicBody(Tokens tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.is(i, "begin") && tokens.is(i + 1, "atomic")) {
        return true;
      }
    }
    return false;
  }

  private static Reading unreadable(String sql, String why) {
    return unreadable(sql, why, new Tokens(sql));
  }

  private static Reading unreadable(String sql, String why, Tokens tokens) {
    Set<Effect> effects = StatementReader.hints(tokens, 0, tokens.size());
    if (tokens.is(0, "create") || tokens.is(0, "alter")) {
      effects.add(Effect.schema);
    }
    Statement statement = new Statement.Unknown(sql, effects, why);
    return new Reading(
        List.of(statement),
        statement.effects(),
        new Facts(GRAMMAR, List.of(sql), List.of(), List.of()),
        true);
  }
}
