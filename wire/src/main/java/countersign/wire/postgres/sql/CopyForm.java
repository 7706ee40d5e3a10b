package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import org.jspecify.annotations.Nullable;

/**
 * How COPY TO STDOUT writes rows (PostgreSQL documentation, COPY, "File Formats").
 *
 * @param format text, CSV or binary
 * @param delimiter between fields
 * @param nothing what stands for NULL
 * @param quote around fields of CSV
 * @param escape before a quote in a field of CSV
 * @param header whether the first line names the columns
 */
public record CopyForm(
    Format format, char delimiter, String nothing, char quote, char escape, boolean header) {

  /** Formats of COPY. */
  public enum Format {
    text,
    csv,
    binary
  }

  /** Reads the options of a COPY; null when there is one that is not read here. */
  static @Nullable CopyForm of(Node copy) {
    Format format = Format.text;
    String delimiter = null;
    String nothing = null;
    String quote = "\"";
    String escape = null;
    boolean header = false;
    for (Node option : copy.nodes("options")) {
      Node arg = option.node("arg");
      String value = arg != null && arg.is("String") ? arg.text("sval") : null;
      switch (option.text("defname")) {
        case "format" -> {
          if (value == null
              || !value.equals("text") && !value.equals("csv") && !value.equals("binary")) {
            return null;
          }
          format = Format.valueOf(value);
        }
        case "delimiter" -> delimiter = value;
        case "null" -> nothing = value;
        case "quote" -> quote = value;
        case "escape" -> escape = value;
        case "header" -> {
          Boolean on = on(arg);
          if (on == null) {
            return null;
          }
          header = on;
        }
        case "force_quote" -> {}
        default -> {
          return null; // an encoding, for one
        }
      }
    }
    String between = delimiter == null ? format == Format.csv ? "," : "\t" : delimiter;
    if (between.length() != 1 || quote == null || quote.length() != 1) {
      return null;
    }
    String before = escape == null ? quote : escape;
    if (before.length() != 1
        || between.charAt(0) > 0x7e
        || quote.charAt(0) > 0x7e
        || before.charAt(0) > 0x7e) {
      return null;
    }
    String none = nothing == null ? format == Format.csv ? "" : "\\N" : nothing;
    return new CopyForm(format, between.charAt(0), none, quote.charAt(0), before.charAt(0), header);
  }

  private static @Nullable Boolean on(@Nullable Node arg) {
    if (arg == null) {
      return true;
    }
    return switch (arg.type()) {
      case "Boolean" -> arg.flag("boolval");
      case "Integer" -> arg.number("ival") != 0;
      case "String" ->
          switch (arg.text("sval")) {
            case "true", "on" -> true;
            case "false", "off" -> false;
            default -> null;
          };
      default -> null;
    };
  }
}
