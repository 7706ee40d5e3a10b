package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.sql.Statement.Kind;
import countersign.wire.postgres.sql.Tokens.Type;
import java.util.EnumSet;
import java.util.Set;

/** Reads COPY: with the client, with a file of the server, with a program there. */
final class CopyReader {
  private final Tokens tokens;
  private final Findings found;
  private final boolean namesTrusted;
  private final int from;
  private final int to;

  CopyReader(Tokens tokens, Findings found, boolean namesTrusted, int from, int to) {
    this.tokens = tokens;
    this.found = found;
    this.namesTrusted = namesTrusted;
    this.from = from;
    this.to = to;
  }

  Statement read() {
    return tokens.isSymbol(from + 1, '(') ? query() : table();
  }

  private Statement query() {
    int close = tokens.partner(from + 1);
    if (close == from + 2 || close + 2 >= to || !tokens.is(close + 1, "to")) {
      return unknown("COPY", StatementReader.hints(tokens, from, to));
    }
    Statement inner = new StatementReader(tokens, found, namesTrusted, from + 2, close).read();
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    effects.addAll(inner.effects());
    if (!(inner instanceof Statement.Plain plain && plain.kind() == Kind.select)) {
      found.problem("COPY of what is not a SELECT");
    }
    return end(close + 1, effects);
  }

  private Statement table() {
    if (!tokens.isName(from + 1)) {
      return unknown("COPY", StatementReader.hints(tokens, from, to));
    }
    int after = ExpressionScan.endOfName(tokens, from + 1, to);
    found.relation(ExpressionScan.asWritten(tokens, from + 1, after - 1));
    if (tokens.isSymbol(after, '(')) {
      after = tokens.partner(after) + 1;
    }
    if (!tokens.is(after, "to") && !tokens.is(after, "from")) {
      return unknown("COPY", StatementReader.hints(tokens, from, to));
    }
    return end(after, EnumSet.of(tokens.is(after, "to") ? Effect.read : Effect.create));
  }

  /** Reads from TO or FROM to the end. */
  private Statement end(int way, Set<Effect> effects) {
    boolean in = tokens.is(way, "from");
    boolean client = tokens.is(way + 1, "stdin") || tokens.is(way + 1, "stdout");
    if (!client) {
      effects.add(Effect.program);
      effects.add(Effect.unknown);
      return new Statement.Plain(
          Kind.copyFile,
          tokens.text(from, to),
          effects,
          "COPY with a file or program of the server");
    }
    options(way + 2);
    if (!found.clean()) {
      effects.add(Effect.unknown);
    }
    return new Statement.Plain(
        in ? Kind.copyIn : Kind.copyOut, tokens.text(from, to), effects, found.why());
  }

  /** Options hold words, constants and brackets; a WHERE holds an expression. */
  private void options(int start) {
    for (int i = start; i < to; i++) {
      if (tokens.is(i, "where")) {
        new ExpressionScan(tokens, found, namesTrusted).scan(i, to);
        return;
      }
      boolean fine =
          tokens.isName(i)
              || tokens.isType(i, Type.string)
              || tokens.isType(i, Type.number)
              || tokens.isSymbol(i, '(')
              || tokens.isSymbol(i, ')')
              || tokens.isSymbol(i, ',')
              || tokens.isOperator(i, "*");
      if (!fine) {
        found.problem("COPY options");
        return;
      }
    }
  }

  private Statement unknown(String why, Set<Effect> effects) {
    return new Statement.Unknown(tokens.text(from, to), effects, why);
  }
}
