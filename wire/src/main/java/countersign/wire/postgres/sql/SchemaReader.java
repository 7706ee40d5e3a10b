package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.sql.Statement.Kind;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Reads what changes the schema or rights. What runs code on the way is unknown besides. */
final class SchemaReader {
  private static final Set<String> ROLES = Set.of("role", "user", "group", "policy");
  private static final Set<String> OUTWARD =
      Set.of("subscription", "publication", "server", "foreign", "extension", "language");
  private static final Set<String> RIGHTS =
      Set.of(
          "owner",
          "owned",
          "grant",
          "revoke",
          "definer",
          "superuser",
          "bypassrls",
          "privileges",
          "authorization",
          "security",
          "system",
          "tablespace");

  private final Tokens tokens;
  private final Findings found;
  private final boolean namesTrusted;
  private final int from;
  private final int to;

  SchemaReader(Tokens tokens, Findings found, boolean namesTrusted, int from, int to) {
    this.tokens = tokens;
    this.found = found;
    this.namesTrusted = namesTrusted;
    this.from = from;
    this.to = to;
  }

  Statement read() {
    Set<Effect> effects = EnumSet.noneOf(Effect.class);
    Kind kind = Kind.schema;
    switch (tokens.word(from)) {
      case "grant", "revoke" -> {
        kind = Kind.privilege;
        effects.add(Effect.privilege);
      }
      case "reassign", "security" -> {
        kind = Kind.privilege;
        effects.add(Effect.privilege);
        effects.add(Effect.schema);
      }
      case "drop" -> {
        effects.add(Effect.schema);
        effects.add(Effect.destroy);
        object(effects);
      }
      case "refresh" -> {
        effects.add(Effect.change);
        found.code("REFRESH runs a query");
      }
      case "import" -> {
        effects.add(Effect.schema);
        found.code("IMPORT FOREIGN SCHEMA");
      }
      case "comment" -> effects.add(Effect.schema);
      default -> {
        effects.add(Effect.schema);
        object(effects);
      }
    }
    relations();
    if (!found.clean()) {
      effects.add(Effect.unknown);
    }
    return new Statement.Plain(kind, tokens.text(from, to), effects, found.why());
  }

  /** What kind of object it is about, and what its definition names. */
  private void object(Set<Effect> effects) {
    int i = from + 1;
    while (i < to && MODIFIERS.contains(word(i))) {
      i++;
    }
    String object = word(i);
    if (ROLES.contains(object)) {
      effects.add(Effect.privilege);
    } else if (object.equals("system") || object.equals("default")) {
      effects.add(Effect.privilege);
    }
    if (OUTWARD.contains(object)) {
      found.code("CREATE, ALTER or DROP " + object.toUpperCase(Locale.ROOT));
    }
    if (object.equals("function") || object.equals("procedure") || object.equals("routine")) {
      language(effects);
    }
    boolean creates = tokens.is(from, "create");
    boolean stores = object.equals("table") || object.equals("materialized");
    int as = creates && stores ? outermost("as", i) : to;
    if (as < to) {
      query(as, effects);
    }
    for (int k = i; k < to; k++) {
      if (RIGHTS.contains(word(k))) {
        effects.add(Effect.privilege);
      }
    }
  }

  private static final Set<String> MODIFIERS =
      Set.of(
          "or",
          "replace",
          "temp",
          "temporary",
          "global",
          "local",
          "unlogged",
          "trusted",
          "procedural",
          "recursive",
          "constraint",
          "unique");

  /** Code in a language outside the server's sandbox is a program. */
  private void language(Set<Effect> effects) {
    for (int k = from; k + 1 < to; k++) {
      if (tokens.is(k, "language")) {
        String language = tokens.isName(k + 1) ? tokens.name(k + 1) : tokens.text(k + 1);
        if (!language.equals("sql") && !language.equals("plpgsql")) {
          effects.add(Effect.program);
          found.problem("language not listed");
        }
      }
    }
  }

  /** CREATE TABLE … AS runs its query. */
  private void query(int as, Set<Effect> effects) {
    effects.add(Effect.create);
    effects.add(Effect.read);
    if (tokens.is(as + 1, "execute")) {
      found.code("EXECUTE");
    } else {
      int end = to;
      for (int k = as; k < to; k++) {
        if (tokens.is(k, "with") && (tokens.is(k + 1, "no") || tokens.is(k + 1, "data"))) {
          end = k; // WITH [NO] DATA
        }
      }
      new ExpressionScan(tokens, found, namesTrusted).scan(as + 1, end);
    }
  }

  /** Names after TABLE, VIEW, ON, FROM and the like, as far as they can be told. */
  private void relations() {
    for (int i = from; i + 1 < to; i++) {
      if (!BEFORE_RELATION.contains(word(i))) {
        continue;
      }
      int name = i + 1;
      while (name < to && SKIPPED.contains(word(name))) {
        name++;
      }
      if (name < to && tokens.isName(name)) {
        int after = ExpressionScan.endOfName(tokens, name, to);
        found.relation(ExpressionScan.asWritten(tokens, name, after - 1));
        while (tokens.isSymbol(after, ',') && tokens.isName(after + 1) && tokens.is(from, "drop")) {
          name = after + 1;
          after = ExpressionScan.endOfName(tokens, name, to);
          found.relation(ExpressionScan.asWritten(tokens, name, after - 1));
        }
      }
    }
  }

  private static final Set<String> BEFORE_RELATION =
      Set.of("table", "view", "on", "index", "sequence", "references", "inherits");
  private static final Set<String> SKIPPED =
      Set.of("if", "not", "exists", "only", "concurrently", "table");

  /** Where a word stands outside all brackets, or {@code to}. */
  private int outermost(String word, int start) {
    int i = start;
    while (i < to && !tokens.is(i, word)) {
      i = tokens.isSymbol(i, '(') ? tokens.partner(i) + 1 : i + 1;
    }
    return Math.min(i, to);
  }

  private String word(int token) {
    return token < to && tokens.isType(token, Tokens.Type.word) ? tokens.word(token) : "";
  }
}
