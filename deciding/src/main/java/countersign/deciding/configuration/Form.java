package countersign.deciding.configuration;

import countersign.deciding.Condition;
import countersign.deciding.Durations;
import java.util.Optional;
import java.util.regex.Pattern;

/** Forms of texts: what is expected, as words and as a pattern that the JSON Schema shares. */
enum Form {
  name(
      "a name of letters, digits, '.', '_' and '-', at most 63", "[A-Za-z0-9][A-Za-z0-9._-]{0,62}"),
  word("a text on one line, at most 200 characters", "[^\\u0000-\\u001f\\u007f]{1,200}"),
  words("a text of at most 1000 characters", "[^\\u0000-\\u0008\\u007f]{1,1000}"),
  secretName(
      "the name of an environment variable or file",
      "(?!.*\\.\\.)[A-Za-z0-9_/][A-Za-z0-9_./-]{0,254}"),
  path("a path of a file", "[^\\u0000-\\u001f]{1,1000}"),
  host("a host name or address to bind", "[A-Za-z0-9_.:-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]"),
  httpUrl(
      "a URL such as https://countersign.example",
      "https?://[A-Za-z0-9._~:\\[\\]-]{1,260}(/[^\\s\\u0000-\\u001f?#$]{0,1000})?"),
  storeUrl(
      "a URL such as postgresql://db.internal:5432/countersign",
      "postgres(ql)?://[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?/[A-Za-z0-9_-]{1,63}"),
  address(
      "host:port or host:port/database, such as db.internal:5432",
      "([A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?(/[A-Za-z0-9_.-]{1,63})?"),
  reference(
      "a reference such as ${env:NAME}, ${file:NAME} or ${secret:NAME}; secrets do not stand in this"
          + " file",
      "\\$\\{((env|file):(?!.*\\.\\.)[A-Za-z0-9_/][A-Za-z0-9_./-]{0,254}"
          + "|secret:[A-Za-z0-9][A-Za-z0-9_.-]{0,62})\\}"),
  keyReference(
      "a reference such as ${file:NAME}, ${env:NAME} or ${vault:transit/keys/NAME}; keys do not"
          + " stand in this file",
      "\\$\\{((env|file):(?!.*\\.\\.)[A-Za-z0-9_/][A-Za-z0-9_./-]{0,254}"
          + "|vault:[A-Za-z0-9_-]{1,64}/keys/[A-Za-z0-9_.-]{1,128})\\}"),
  witnessKey(
      "a key as a witness prints it: name+hash+key",
      "[^\\s+\\u0000-\\u001f]{1,200}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{43,4000}={0,2}"),
  duration(
      "a duration such as 90s, 15m or 1h30m, from 1s to 30d",
      "(?=.)([0-9]{1,5}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?"),
  days("a number of days such as 400d, from 1d to 36500d", "[1-9][0-9]{0,4}d"),
  targetGlob("the name of a target, or a glob over names", "[A-Za-z0-9*?][A-Za-z0-9._*?-]{0,62}"),
  relationGlob(
      "a glob over schema.relation, such as public.*; names as PostgreSQL stores them, unquoted",
      "[^\\s\\u0000-\\u001f.\"']{1,128}(\\.[^\\s\\u0000-\\u001f.\"']{1,128})?"),
  columnGlob(
      "a glob over schema.relation.column, relation.column or column, such as *.card_number;"
          + " names as PostgreSQL stores them, unquoted",
      "[^\\s\\u0000-\\u001f.\"']{1,128}(\\.[^\\s\\u0000-\\u001f.\"']{1,128}){0,2}"),
  re2("an RE2 expression", "[^\\u0000]{1,4096}"),
  condition("a CEL condition over operation, principal and now", "[^\\u0000]{1,4096}"),
  claimCondition("a CEL condition over claims", "[^\\u0000]{1,4096}"),
  claimExpression("a CEL expression over claims that gives texts, or a list", "[^\\u0000]{1,4096}");

  private final String expected;
  private final String pattern;
  private final Pattern compiled;

  Form(String expected, String pattern) {
    this.expected = expected;
    this.pattern = pattern;
    this.compiled = Pattern.compile(pattern, Pattern.DOTALL);
  }

  String expected() {
    return expected;
  }

  /** The pattern as ECMA-262 has it, anchored. */
  String schemaPattern() {
    return "^(?:" + pattern + ")$";
  }

  /** Whether the text must never be shown again. */
  boolean secret() {
    return this == reference || this == keyReference;
  }

  /**
   * Says what is wrong with a text.
   *
   * @return what was expected, empty when the text is right
   */
  Optional<String> mistake(String text) {
    if (text.isBlank() || !compiled.matcher(text).matches()) {
      return Optional.of(expected);
    }
    return switch (this) {
      case re2 -> Condition.mistakeInPattern(text).map(why -> expected + "; " + why);
      case condition -> Condition.mistake(text).map(why -> expected + "; " + why);
      case claimCondition -> ClaimMapping.mistake(text, true).map(why -> expected + "; " + why);
      case claimExpression -> ClaimMapping.mistake(text, false).map(why -> expected + "; " + why);
      case days ->
          Integer.parseInt(text.substring(0, text.length() - 1)) <= 36_500
              ? Optional.empty()
              : Optional.of(expected);
      case duration -> Durations.read(text).isPresent() ? Optional.empty() : Optional.of(expected);
      case name,
          word,
          words,
          secretName,
          path,
          host,
          httpUrl,
          storeUrl,
          address,
          reference,
          witnessKey,
          keyReference,
          targetGlob,
          relationGlob,
          columnGlob ->
          Optional.empty();
    };
  }
}
