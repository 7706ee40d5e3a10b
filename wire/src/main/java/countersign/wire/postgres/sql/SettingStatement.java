package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Statement.Access;
import countersign.wire.postgres.sql.Statement.Kind;
import countersign.wire.postgres.sql.Statement.OwnVerb;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SET, RESET and SHOW. What is not on the list steers the session. */
final class SettingStatement {
  private static final String OWN = "countersign.";

  /** Settings on which the meaning of names or texts depends. */
  static final Set<String> NAMES =
      Set.of("search_path", "role", "session_authorization", "standard_conforming_strings");

  private static final String READ_ONLY = "default_transaction_read_only";
  private static final Set<String> TRUE = Set.of("on", "true", "yes", "1");

  private SettingStatement() {}

  static Statement show(Node node, String text) {
    String name = node.text("name").toLowerCase(Locale.ROOT);
    return name.startsWith(OWN)
        ? own(OwnVerb.show, name, "", text)
        : new Statement.Plain(Kind.show, text, EnumSet.of(Effect.read), "");
  }

  static Statement set(Node node, String text) {
    String name = node.text("name").toLowerCase(Locale.ROOT);
    return switch (node.text("kind")) {
      case "VAR_SET_VALUE" -> value(node, name, text);
      case "VAR_SET_DEFAULT", "VAR_RESET", "VAR_SET_CURRENT" -> reset(name, text);
      case "VAR_SET_MULTI" -> transaction(node, text);
      default -> steers(text);
    };
  }

  /** Whether names may mean something else once it has run. */
  static boolean touchesNames(Node node) {
    String name = node.text("name").toLowerCase(Locale.ROOT);
    return node.text("kind").equals("VAR_RESET_ALL") || NAMES.contains(name);
  }

  private static Statement value(Node node, String name, String text) {
    @Nullable String only = only(node.nodes("args"));
    if (name.startsWith(OWN)) {
      return only == null ? steers(text) : own(OwnVerb.set, name, only, text);
    }
    boolean listed =
        switch (name) {
          case "client_encoding" ->
              only != null && only.toLowerCase(Locale.ROOT).replace("-", "").equals("utf8");
          case "standard_conforming_strings" -> "on".equalsIgnoreCase(only);
          case READ_ONLY -> only != null && !node.flag("is_local") && TRUE.contains(only);
          default -> Harmless.SETTINGS.contains(name);
        };
    return !listed
        ? steers(text)
        : new Statement.Setting(name.equals(READ_ONLY) ? Statement.Setting.READ_ONLY : name, text);
  }

  private static Statement reset(String name, String text) {
    if (name.startsWith(OWN)) {
      return own(OwnVerb.reset, name, "", text);
    }
    if (name.equals(READ_ONLY)) {
      return new Statement.Setting(Statement.Setting.MODE_DEFAULT, text);
    }
    // Without a value of its own a pinned setting goes back to a default that may be another.
    boolean pinned = name.equals("client_encoding") || name.equals("standard_conforming_strings");
    return Harmless.SETTINGS.contains(name) && !pinned
        ? new Statement.Setting(name, text)
        : steers(text);
  }

  /**
   * The isolation of this transaction or of all that follow changes what is seen, not what may be
   * done; so does wanting to write no more.
   */
  private static Statement transaction(Node node, String text) {
    List<Node> modes = node.nodes("args");
    Access access = TransactionStatement.access(modes);
    boolean known =
        modes.stream().allMatch(mode -> mode.text("defname").startsWith("transaction_"));
    boolean listed =
        switch (node.text("name")) {
          case "TRANSACTION" -> access != Access.readWrite;
          case "SESSION CHARACTERISTICS" -> access != Access.readWrite;
          default -> false;
        };
    if (!known || !listed) {
      return steers(text);
    }
    boolean session = !node.text("name").equals("TRANSACTION");
    return new Statement.Setting(
        session && access == Access.readOnly ? Statement.Setting.READ_ONLY : "transaction", text);
  }

  /** One plain constant; null for anything else. */
  private static @Nullable String only(List<Node> args) {
    if (args.size() != 1 || !args.getFirst().is("A_Const")) {
      return null;
    }
    Node constant = args.getFirst();
    Node text = constant.node("sval");
    Node whole = constant.node("ival");
    Node real = constant.node("fval");
    return text != null
        ? text.text("sval")
        : whole != null
            ? Integer.toString(whole.number("ival"))
            : real != null ? real.text("fval") : null;
  }

  private static Statement own(OwnVerb verb, String name, String value, String text) {
    return new Statement.Own(verb, name.substring(OWN.length()), value, text);
  }

  private static Statement steers(String text) {
    return new Statement.Plain(Kind.steering, text, EnumSet.of(Effect.session), "");
  }
}
