package countersign.verifier.json;

import countersign.verifier.Malformed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads RFC 8259 strictly: one value, no name twice in an object (readers disagree on which
 * counts), no half surrogate pairs, a depth of 64 at most, numbers of 64 characters at most.
 */
final class JsonReader {
  private static final int DEEPEST = 64;
  private static final int LONGEST_NUMBER = 64;
  private final String text;
  private int at;
  private int depth;

  JsonReader(String text) {
    this.text = text;
  }

  Json whole() throws Malformed {
    Json value = value();
    space();
    if (at != text.length()) {
      throw wrong("one value");
    }
    return value;
  }

  private Json value() throws Malformed {
    space();
    if (at == text.length()) {
      throw wrong("a value");
    }
    return switch (text.charAt(at)) {
      case '{' -> members();
      case '[' -> items();
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Truth(true));
      case 'f' -> word("false", new Json.Truth(false));
      case 'n' -> word("null", new Json.Nothing());
      default -> number();
    };
  }

  private Json members() throws Malformed {
    enter();
    SortedMap<String, Json> members = new TreeMap<>();
    while (!ends('}', members.isEmpty())) {
      space();
      if (at == text.length() || text.charAt(at) != '"') {
        throw wrong("a name");
      }
      String name = string();
      take(':');
      if (members.put(name, value()) != null) {
        throw new Malformed("name", name, "once in an object");
      }
    }
    return new Json.Members(members);
  }

  private Json items() throws Malformed {
    enter();
    List<Json> items = new ArrayList<>();
    while (!ends(']', items.isEmpty())) {
      items.add(value());
    }
    return new Json.Items(items);
  }

  private void enter() throws Malformed {
    at++;
    if (++depth > DEEPEST) {
      throw new Malformed("JSON: deeper than " + DEEPEST);
    }
  }

  /** Takes the closing bracket, or the comma before the next. */
  private boolean ends(char close, boolean first) throws Malformed {
    space();
    if (at < text.length() && text.charAt(at) == close) {
      at++;
      depth--;
      return true;
    }
    if (!first) {
      take(',');
    }
    return false;
  }

  private void take(char expected) throws Malformed {
    space();
    if (at == text.length() || text.charAt(at) != expected) {
      throw wrong("" + expected);
    }
    at++;
  }

  private Json word(String word, Json value) throws Malformed {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private Json number() throws Malformed {
    int from = at;
    while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(from, Math.min(at, from + LONGEST_NUMBER + 1));
    if (number.length() > LONGEST_NUMBER
        || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
      at = from;
      throw wrong("a value");
    }
    return new Json.Number(new BigDecimal(number));
  }

  private String string() throws Malformed {
    StringBuilder string = null;
    int from = ++at;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        String last = text.substring(from, at - 1);
        return whole(string == null ? last : string.append(last).toString());
      } else if (c == '\\') {
        string = string == null ? new StringBuilder() : string;
        string.append(text, from, at - 1).append(escaped());
        from = at;
      } else if (c < 0x20) {
        throw wrong("no control character in a string");
      }
    }
    throw wrong("the end of a string");
  }

  private char escaped() throws Malformed {
    if (at < text.length()) {
      char c = text.charAt(at++);
      int known = "\"\\/bfnrt".indexOf(c);
      if (known >= 0) {
        return "\"\\/\b\f\n\r\t".charAt(known);
      }
      if (c == 'u' && at + 4 <= text.length()) {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(text.charAt(at), 16);
          if (digit < 0 || text.charAt(at) > 'f') {
            throw wrong("four hex digits");
          }
          unit = unit * 16 + digit;
          at++;
        }
        return (char) unit;
      }
    }
    throw wrong("an escape");
  }

  private String whole(String string) throws Malformed {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < string.length()
          && Character.isLowSurrogate(string.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw wrong("whole surrogate pairs");
      }
    }
    return string;
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private Malformed wrong(String expected) {
    String found = text.substring(Math.min(at, text.length()), Math.min(text.length(), at + 20));
    return new Malformed("JSON at " + at, found, expected);
  }
}
