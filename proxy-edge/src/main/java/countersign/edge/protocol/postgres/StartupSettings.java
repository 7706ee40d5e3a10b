package countersign.edge.protocol.postgres;

import countersign.wire.postgres.ErrorFields;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a caller's startup parameters goes on to the target: a published list of settings that
 * change only how values look or how long things may take. Everything else can change what a
 * statement means ({@code search_path}) or what may be done ({@code role}), and is decided on like
 * the SET that it stands for.
 */
final class StartupSettings {
  /** Lower-case names of settings that pass. */
  private static final Set<String> PASSING =
      Set.of(
          "application_name",
          "bytea_output",
          "client_encoding",
          "client_min_messages",
          "datestyle",
          "default_transaction_deferrable",
          "default_transaction_isolation",
          "extra_float_digits",
          "idle_in_transaction_session_timeout",
          "idle_session_timeout",
          "intervalstyle",
          "jit",
          "lock_timeout",
          "statement_timeout",
          "timezone",
          "transaction_timeout");

  /** The mode of transactions is the edge's to set. */
  private static final Set<String> REFUSED = Set.of(AccessMode.SETTING, "transaction_read_only");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,62}");

  private final Map<String, String> passed = new LinkedHashMap<>();

  private final Map<String, String> steering = new LinkedHashMap<>();

  private boolean oauth;

  private StartupSettings() {}

  /** A setting that does not pass. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient ErrorFields words;

    Refused(ErrorFields words) {
      super(words.message(), null, false, false);
      this.words = words;
    }

    ErrorFields words() {
      return words;
    }
  }

  /**
   * Filters startup parameters.
   *
   * @throws Refused with words for the caller
   */
  static StartupSettings of(Map<String, String> parameters) {
    StartupSettings settings = new StartupSettings();
    parameters.forEach(settings::parameter);
    return settings;
  }

  /** What goes on to the target, in order. */
  Map<String, String> passed() {
    return passed;
  }

  /** What steers the session, in order: it goes on when it is decided so. */
  Map<String, String> steering() {
    return steering;
  }

  /** Whether the caller asks to show its token by OAUTHBEARER. */
  boolean oauth() {
    return oauth;
  }

  private void parameter(String name, String value) {
    switch (name) {
      case "user", "database" -> {}
      case "replication" -> {
        if (!Set.of("false", "off", "no", "0").contains(value.toLowerCase(Locale.ROOT))) {
          throw new Refused(
              Words.fatal("0A000", "replication: (expected: none; it passes every decision by)"));
        }
      }
      case "options" -> options(value);
      default -> {
        if (!name.startsWith("_pq_.")) {
          setting(name, value);
        }
      }
    }
  }

  /** {@code -c name=value} and {@code --name=value}, backslash before a blank that is meant. */
  private void options(String options) {
    String[] words = options.trim().split("(?<!\\\\)\\s+");
    for (int i = 0; i < words.length; i++) {
      String word = words[i].replaceAll("\\\\(.)", "$1");
      if (word.isEmpty()) {
        continue;
      }
      String setting;
      if (word.equals("-c") && i + 1 < words.length) {
        setting = words[++i].replaceAll("\\\\(.)", "$1");
      } else if (word.startsWith("-c") && word.length() > 2) {
        setting = word.substring(2);
      } else if (word.startsWith("--")) {
        setting = word.substring(2).replace('-', '_');
      } else {
        throw new Refused(
            Words.fatal("0A000", "options: " + shown(word) + " (expected: -c name=value)"));
      }
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new Refused(
            Words.fatal("22023", "options: " + shown(setting) + " (expected: name=value)"));
      }
      setting(setting.substring(0, equals), setting.substring(equals + 1));
    }
  }

  private void setting(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals(Bearer.SETTING)) {
      if (!value.equals("oauth") && !value.equals("password")) {
        throw new Refused(
            Words.fatal("22023", lower + ": " + shown(value) + " (expected: oauth or password)"));
      }
      oauth = value.equals("oauth");
      return;
    }
    if (!PASSING.contains(lower)) {
      if (REFUSED.contains(lower) || !NAME.matcher(name).matches()) {
        throw new Refused(refusal(name));
      }
      steering.put(name, value);
      return;
    }
    if (lower.equals("client_encoding") && !utf8(value)) {
      throw new Refused(
          Words.fatal("22023", "client_encoding: " + shown(value) + " (expected: UTF8)"));
    }
    passed.put(name, lower.equals("client_encoding") ? "UTF8" : value);
  }

  /** Says that a setting may not be chosen so. */
  static ErrorFields refusal(String name) {
    return Words.fatal(
            "28000", "setting " + shown(name) + " may not be chosen at the start of a session")
        .withHint("Settings that pass: " + String.join(", ", PASSING.stream().sorted().toList()));
  }

  private static boolean utf8(String encoding) {
    String plain = encoding.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return plain.equals("utf8") || plain.equals("unicode");
  }

  private static String shown(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return printable.length() > 60 ? printable.substring(0, 60) + "…" : printable;
  }
}
