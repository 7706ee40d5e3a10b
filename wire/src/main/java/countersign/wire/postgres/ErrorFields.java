package countersign.wire.postgres;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of an ErrorResponse or NoticeResponse in their order, by the letters of the protocol's
 * "Error and Notice Message Fields". Immutable; {@code with} makes a copy.
 *
 * @param byLetter letter to text
 */
public record ErrorFields(Map<Character, String> byLetter) {
  public ErrorFields {
    byLetter = Collections.unmodifiableMap(new LinkedHashMap<>(byLetter));
  }

  /**
   * The fields that every report has: S, V, C, M.
   *
   * @param severity {@code ERROR}, {@code FATAL}, {@code NOTICE} …
   * @param code SQLSTATE
   */
  public static ErrorFields of(String severity, String code, String message) {
    Map<Character, String> fields = new LinkedHashMap<>();
    fields.put('S', severity);
    fields.put('V', severity);
    fields.put('C', code);
    fields.put('M', message);
    return new ErrorFields(fields);
  }

  /** A copy with one field more, or another value for it. */
  public ErrorFields with(char letter, String value) {
    Map<Character, String> fields = new LinkedHashMap<>(byLetter);
    fields.put(letter, value);
    return new ErrorFields(fields);
  }

  /** A copy with a DETAIL; unchanged when the text is empty. */
  public ErrorFields withDetail(String detail) {
    return detail.isEmpty() ? this : with('D', detail);
  }

  /** A copy with a HINT; unchanged when the text is empty. */
  public ErrorFields withHint(String hint) {
    return hint.isEmpty() ? this : with('H', hint);
  }

  /** The untranslated severity, else the translated one. */
  public String severity() {
    String plain = field('V');
    return plain.isEmpty() ? field('S') : plain;
  }

  /** SQLSTATE. */
  public String code() {
    return field('C');
  }

  /** The primary message. */
  public String message() {
    return field('M');
  }

  /** DETAIL, empty for none. */
  public String detail() {
    return field('D');
  }

  /** HINT, empty for none. */
  public String hint() {
    return field('H');
  }

  /** Any field, empty for none. */
  public String field(char letter) {
    return byLetter.getOrDefault(letter, "");
  }
}
