package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.sql.Statement.Access;
import countersign.wire.postgres.sql.Statement.Kind;
import countersign.wire.postgres.sql.Statement.OwnVerb;
import countersign.wire.postgres.sql.Tokens.Type;
import java.util.EnumSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads SET, RESET and SHOW. What is not on the list steers the session and is unknown. */
final class SettingReader {
  private static final String OWN = "countersign.";

  private final Tokens tokens;
  private final int from;
  private final int to;
  private boolean touchesNames;

  SettingReader(Tokens tokens, int from, int to) {
    this.tokens = tokens;
    this.from = from;
    this.to = to;
  }

  boolean touchesNames() {
    return touchesNames;
  }

  Statement show() {
    for (int i = from + 1; i < to; i++) {
      if (!tokens.isName(i) && !tokens.isSymbol(i, '.')) {
        return unknown("SHOW");
      }
    }
    if (to == from + 1) {
      return unknown("SHOW");
    }
    String name = name(from + 1);
    if (name.startsWith(OWN) && after(from + 1) == to) {
      return own(OwnVerb.show, name, "");
    }
    return new Statement.Plain(Kind.show, tokens.text(from, to), EnumSet.of(Effect.read), "");
  }

  Statement reset() {
    if (to == from + 1 || !tokens.isName(from + 1)) {
      return unknown("RESET");
    }
    boolean zone = to == from + 3 && tokens.is(from + 1, "time") && tokens.is(from + 2, "zone");
    String name = zone ? "timezone" : name(from + 1);
    if (!zone && after(from + 1) != to) {
      touchesNames = true;
      return unknown("RESET");
    }
    if (name.startsWith(OWN)) {
      return own(OwnVerb.reset, name, "");
    }
    if (Harmless.SETTINGS.contains(name) && !pinned(name)) {
      return new Statement.Setting(name, tokens.text(from, to));
    }
    touchesNames = name.equals("all") || name.equals("search_path") || name.equals("role");
    return unknown("RESET of a setting not listed");
  }

  Statement set() {
    int i = from + 1;
    boolean scope = tokens.is(i, "local") || tokens.is(i, "session");
    if (scope && !assigns(i + 1)) {
      i++;
    }
    if (tokens.is(i, "transaction") && i == from + 1) {
      return transaction(i + 1);
    }
    if (tokens.is(i, "time") && tokens.is(i + 1, "zone")) {
      return harmlessValue(i + 2)
          ? new Statement.Setting("timezone", tokens.text(from, to))
          : unknown("SET TIME ZONE");
    }
    if (tokens.is(i, "names")) {
      return encoding(i + 1);
    }
    if (i >= to || !tokens.isName(i)) {
      touchesNames = true;
      return unknown("SET");
    }
    int equals = after(i);
    if (!assigns(equals)) {
      touchesNames = true; // SET SCHEMA, SET ROLE, SET SESSION AUTHORIZATION …
      return unknown("SET of something not listed");
    }
    return assign(name(i), equals + 1);
  }

  private boolean assigns(int i) {
    return i < to && (tokens.is(i, "to") || tokens.isOperator(i, "="));
  }

  private Statement assign(String name, int value) {
    if (name.startsWith(OWN)) {
      String text = ownValue(value);
      return text == null ? unknown("SET countersign.*: value") : own(OwnVerb.set, name, text);
    }
    if (name.equals("client_encoding")) {
      return encoding(value);
    }
    boolean listed = Harmless.SETTINGS.contains(name) && harmlessValue(value);
    if (listed && name.equals("standard_conforming_strings")) {
      String text = ownValue(value);
      listed = text != null && text.toLowerCase(Locale.ROOT).equals("on");
    }
    if (listed) {
      return new Statement.Setting(name, tokens.text(from, to));
    }
    touchesNames =
        name.equals("search_path") || name.equals("role") || name.equals("session_authorization");
    return unknown("SET of a setting not listed");
  }

  /** Only UTF-8: in other encodings the server reads the bytes of a text differently. */
  private Statement encoding(int value) {
    String text = ownValue(value);
    String plain = text == null ? "" : text.toLowerCase(Locale.ROOT).replace("-", "");
    return plain.equals("utf8")
        ? new Statement.Setting("client_encoding", tokens.text(from, to))
        : unknown("SET client_encoding");
  }

  /** Without a value of its own these go back to a default that may be another. */
  private static boolean pinned(String name) {
    return name.equals("client_encoding") || name.equals("standard_conforming_strings");
  }

  private Statement transaction(int modes) {
    TransactionReader reader = new TransactionReader(tokens, from, to);
    boolean harmless = modes < to && reader.modes(modes) && reader.access() != Access.readWrite;
    return harmless
        ? new Statement.Setting("transaction", tokens.text(from, to))
        : unknown("SET TRANSACTION");
  }

  /** Constants and words separated by commas. */
  private boolean harmlessValue(int start) {
    for (int i = start; i < to; i++) {
      boolean separator = (i - start) % 2 == 1 && tokens.isSymbol(i, ',');
      if (!separator && !constant(i) && !sign(i)) {
        return false;
      }
    }
    return start < to;
  }

  private boolean constant(int i) {
    return tokens.isName(i) || tokens.isType(i, Type.string) || tokens.isType(i, Type.number);
  }

  private boolean sign(int i) {
    return tokens.isOperator(i, "-") && tokens.isType(i + 1, Type.number);
  }

  /** One plain constant, word or number; null for anything else. */
  private @Nullable String ownValue(int i) {
    if (i != to - 1) {
      return null;
    }
    return switch (tokens.type(i)) {
      case word, quoted -> tokens.name(i);
      case number -> tokens.text(i);
      case string -> {
        String text = tokens.text(i);
        yield text.charAt(0) == '\''
            ? text.substring(1, text.length() - 1).replace("''", "'")
            : null;
      }
      case parameter, operator, symbol -> null;
    };
  }

  private int after(int i) {
    return ExpressionScan.endOfName(tokens, i, to);
  }

  private String name(int i) {
    StringBuilder name = new StringBuilder();
    for (int k = i; k < after(i); k += 2) {
      name.append(name.isEmpty() ? "" : ".").append(tokens.isName(k) ? tokens.name(k) : "*");
    }
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private Statement own(OwnVerb verb, String name, String value) {
    return new Statement.Own(verb, name.substring(OWN.length()), value, tokens.text(from, to));
  }

  private Statement unknown(String why) {
    return new Statement.Unknown(
        tokens.text(from, to), EnumSet.of(Effect.session, Effect.unknown), why);
  }
}
