package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.sql.Statement.Access;
import countersign.wire.postgres.sql.Statement.Verb;
import java.util.EnumSet;

/** Reads transaction control; two-phase commit is unknown. */
final class TransactionReader {
  private final Tokens tokens;
  private final int from;
  private final int to;
  private Access access = Access.unsaid;

  TransactionReader(Tokens tokens, int from, int to) {
    this.tokens = tokens;
    this.from = from;
    this.to = to;
  }

  Statement read() {
    return switch (tokens.word(from)) {
      case "begin" -> begin(noise(from + 1));
      case "start" -> tokens.is(from + 1, "transaction") ? begin(from + 2) : unknown();
      case "commit", "end" -> end(Verb.commit, noise(from + 1));
      case "rollback", "abort" -> rollback(noise(from + 1));
      case "savepoint" -> named(Verb.savepoint, from + 1);
      case "release" ->
          named(
              Verb.release,
              tokens.is(from + 1, "savepoint") && to == from + 3 ? from + 2 : from + 1);
      default -> unknown();
    };
  }

  private int noise(int i) {
    return tokens.is(i, "work") || tokens.is(i, "transaction") ? i + 1 : i;
  }

  private Statement begin(int modes) {
    return modes(modes) ? statement(Verb.begin) : unknown();
  }

  /** Reads transaction modes up to the end; false when there is something else. */
  boolean modes(int start) {
    int i = start;
    while (i < to) {
      int after = mode(i);
      if (after < 0 || after > to) {
        return false;
      }
      i = after < to && tokens.isSymbol(after, ',') ? after + 1 : after;
      if (i == to && after != to) {
        return false; // a comma at the end
      }
    }
    return true;
  }

  Access access() {
    return access;
  }

  private int mode(int i) {
    if (tokens.is(i, "isolation") && tokens.is(i + 1, "level")) {
      if (tokens.is(i + 2, "serializable")) {
        return i + 3;
      }
      boolean repeatable = tokens.is(i + 2, "repeatable") && tokens.is(i + 3, "read");
      boolean read =
          tokens.is(i + 2, "read")
              && (tokens.is(i + 3, "committed") || tokens.is(i + 3, "uncommitted"));
      return repeatable || read ? i + 4 : -1;
    }
    if (tokens.is(i, "read") && tokens.is(i + 1, "only")) {
      access = access == Access.readWrite ? access : Access.readOnly;
      return i + 2;
    }
    if (tokens.is(i, "read") && tokens.is(i + 1, "write")) {
      access = Access.readWrite;
      return i + 2;
    }
    if (tokens.is(i, "not") && tokens.is(i + 1, "deferrable")) {
      return i + 2;
    }
    return tokens.is(i, "deferrable") ? i + 1 : -1;
  }

  private Statement rollback(int i) {
    if (i < to && tokens.is(i, "to")) {
      int name = tokens.is(i + 1, "savepoint") && to == i + 3 ? i + 2 : i + 1;
      return named(Verb.rollbackTo, name);
    }
    return end(Verb.rollback, i);
  }

  private Statement end(Verb verb, int start) {
    int i = start;
    if (i < to && tokens.is(i, "and")) {
      i = tokens.is(i + 1, "no") ? i + 2 : i + 1;
      i = tokens.is(i, "chain") ? i + 1 : -1;
    }
    return i == to ? statement(verb) : unknown();
  }

  private Statement named(Verb verb, int name) {
    return name == to - 1 && tokens.isName(name) ? statement(verb) : unknown();
  }

  private Statement statement(Verb verb) {
    return new Statement.Transaction(verb, access, tokens.text(from, to));
  }

  private Statement unknown() {
    return new Statement.Unknown(
        tokens.text(from, to),
        EnumSet.of(Effect.session, Effect.unknown),
        "transaction control that is not read");
  }
}
