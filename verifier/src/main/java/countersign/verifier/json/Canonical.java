package countersign.verifier.json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Writes RFC 8785: no white space, members by the UTF-16 units of their names, short escapes. */
final class Canonical {
  private Canonical() {}

  static void write(StringBuilder to, Json value) {
    switch (value) {
      case Json.Members(var of) -> members(to, of);
      case Json.Items(List<Json> of) -> items(to, of);
      case Json.Text(String text) -> text(to, text);
      case Json.Number(BigDecimal number) -> to.append(whole(number));
      case Json.Truth(boolean truth) -> to.append(truth);
      case Json.Nothing() -> to.append("null");
    }
  }

  private static void members(StringBuilder to, Map<String, Json> members) {
    char before = '{';
    for (Map.Entry<String, Json> member : members.entrySet()) {
      to.append(before);
      text(to, member.getKey());
      to.append(':');
      write(to, member.getValue());
      before = ',';
    }
    to.append(before == '{' ? "{}" : "}");
  }

  private static void items(StringBuilder to, List<Json> items) {
    char before = '[';
    for (Json item : items) {
      to.append(before);
      write(to, item);
      before = ',';
    }
    to.append(before == '[' ? "[]" : "]");
  }

  private static long whole(BigDecimal number) {
    // A large scale would make the conversion itself large: looked at first.
    if (number.precision() - number.scale() <= 17
        && number.stripTrailingZeros().scale() <= 0
        && number.abs().compareTo(BigDecimal.valueOf(Json.MOST)) <= 0) {
      return number.longValueExact();
    }
    throw new IllegalArgumentException("number: (expected: whole, within 2^53)");
  }

  private static void text(StringBuilder to, String text) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\b' -> to.append("\\b");
        case '\f' -> to.append("\\f");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < 0x20) {
            to.append("\\u00").append(Character.forDigit(c >> 4, 16));
            to.append(Character.forDigit(c & 15, 16));
          } else if (Character.isHighSurrogate(c)) {
            if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
              throw new IllegalArgumentException("string: half a surrogate pair");
            }
            to.append(c).append(text.charAt(++i));
          } else if (Character.isLowSurrogate(c)) {
            throw new IllegalArgumentException("string: half a surrogate pair");
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }
}
