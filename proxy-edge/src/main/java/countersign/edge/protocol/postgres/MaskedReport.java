package countersign.edge.protocol.postgres;

import countersign.edge.mask.MaskRules;
import countersign.masking.Found;
import countersign.masking.Method;
import countersign.wire.postgres.ErrorFields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Errors and notices quote values: of a statement that may touch masked columns only those keep
 * their words whose code says that they are about the statement or the server, and that no
 * procedure raised. Everything else that is found in words is replaced.
 */
final class MaskedReport {
  /** Classes of SQLSTATE (PostgreSQL documentation, appendix A) whose messages quote no values. */
  private static final Set<String> OF_THE_SERVER =
      Set.of("03", "08", "25", "26", "28", "3B", "40", "53", "57");

  /** Classes whose messages quote names, which a value can be cast to: {@code ssn::regclass}. */
  private static final Set<String> OF_NAMES =
      Set.of("0A", "34", "3D", "3F", "42", "54", "55", "58");

  /** Class of broken constraints, whose details quote rows. */
  static final String OF_CONSTRAINTS = "23";

  private static final String NO_PRIVILEGE = "42501";

  private final MaskRules rules;

  MaskedReport(MaskRules rules) {
    this.rules = rules;
  }

  /**
   * What is shown of a report.
   *
   * @param touches whether it may be about relations with masked columns
   * @param computes whether a value of a masked column may have been computed with
   */
  ErrorFields shown(ErrorFields said, boolean touches, boolean computes) {
    if (ownCopyFail(said)) {
      return Words.error(said.code(), Words.MASK_AS_DATA);
    }
    boolean code = !rules.columns().isEmpty() && raised(said); // it may have read anything
    if (code || touches && !harmless(said, computes)) {
      Map<Character, String> fields = new LinkedHashMap<>();
      for (char letter : new char[] {'S', 'V', 'C', 'P'}) {
        if (!said.field(letter).isEmpty()) {
          fields.put(letter, said.field(letter));
        }
      }
      fields.put('M', "countersign: masked: the message of " + said.code() + " may quote values");
      return new ErrorFields(fields);
    }
    return rules.detects() ? searched(said) : said;
  }

  private static boolean harmless(ErrorFields said, boolean computes) {
    String kind = said.code().length() == 5 ? said.code().substring(0, 2) : "";
    // What has a place in the statement was found before anything was computed.
    boolean ofNames =
        OF_NAMES.contains(kind)
            && (!computes || !said.field('P').isEmpty() || said.code().equals(NO_PRIVILEGE));
    return (OF_THE_SERVER.contains(kind) || ofNames)
        && !raised(said)
        && said.detail().isEmpty()
        && said.field('q').isEmpty();
  }

  /** Whether it is what the edge itself made the target say. */
  private static boolean ownCopyFail(ErrorFields said) {
    return said.code().equals(Words.CANCELED)
        && said.message().equals("COPY from stdin failed: " + Words.MASK_AS_DATA);
  }

  /** Whether a procedure said it, or it came up in one. */
  private static boolean raised(ErrorFields said) {
    return said.field('F').startsWith("pl_") || !said.field('W').isEmpty();
  }

  private ErrorFields searched(ErrorFields said) {
    Map<Character, String> fields = new LinkedHashMap<>();
    said.byLetter()
        .forEach((letter, text) ->
            fields.put(letter, "SVCPFLR".indexOf(letter) >= 0 ? text : searched(text)));
    return new ErrorFields(fields);
  }

  private String searched(String text) {
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    List<Found> found = rules.scan().find(value);
    return found.isEmpty()
        ? text
        : new String(
            rules.masked().instead(Method.hide, value, value.length, found),
            StandardCharsets.UTF_8);
  }
}
