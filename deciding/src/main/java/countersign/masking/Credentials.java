package countersign.masking;

import java.util.List;

/** Passwords in URLs ({@code scheme://name:password@host}) and in {@code name=value} pairs. */
final class Credentials {
  private static final int MOST = 512;

  private static final List<String> NAMES =
      List.of(
          "password",
          "passwd",
          "pwd",
          "passphrase",
          "secret",
          "client_secret",
          "clientsecret",
          "token",
          "access_token",
          "refresh_token",
          "auth_token",
          "apikey",
          "api_key",
          "api-key",
          "accesskey",
          "access_key",
          "secretkey",
          "secret_key",
          "secret_access_key",
          "private_key",
          "accountkey",
          "sharedaccesskey");

  private Credentials() {}

  static void find(Text text, Spans spans) {
    for (int i = 1; i < text.length - 2; i++) {
      char c = text.at(i);
      if (c == ':' && text.at(i + 1) == '/' && text.at(i + 2) == '/') {
        url(text, i + 3, spans);
      } else if (c == '=' || c == ':') {
        pair(text, i, spans);
      }
    }
  }

  private static void url(Text text, int from, Spans spans) {
    int colon = -1;
    int at = -1;
    for (int i = from; i < text.length && i - from < MOST; i++) {
      char c = text.at(i);
      if (c <= ' ' || c == '/' || c == '"' || c == '\'' || c == '<' || c == '>') {
        break;
      }
      if (c == ':' && colon < 0) {
        colon = i;
      } else if (c == '@') {
        at = i;
      }
    }
    if (colon > 0 && at > colon + 1) {
      spans.add(Detector.secret, from, at);
    }
  }

  private static void pair(Text text, int sign, Spans spans) {
    int end = sign;
    boolean quotedName = false;
    while (end > 0 && text.at(end - 1) == ' ' && sign - end < 4) {
      end--;
    }
    if (text.at(end - 1) == '"' || text.at(end - 1) == '\'') {
      quotedName = true;
      end--;
    }
    String name = name(text, end);
    if (name.isEmpty()) {
      return;
    }
    int from = sign + 1;
    while (text.at(from) == ' ' && from - sign < 4) {
      from++;
    }
    char quote = text.at(from);
    boolean quoted = quote == '"' || quote == '\'';
    from += quoted ? 1 : 0;
    int to = from;
    while (to < text.length && to - from < MOST && !ends(text.at(to), quoted, quote)) {
      to++;
    }
    boolean written = text.at(sign) == '=' || quotedName || made(text, from, to);
    if (to - from >= 4 && written && !text.has(from, Masked.BEGIN)) {
      spans.add(Detector.secret, from, to);
    }
  }

  private static boolean ends(char c, boolean quoted, char quote) {
    return quoted
        ? c == quote
        : c <= ' ' || c == ';' || c == '&' || c == ',' || c == '"' || c == '\'';
  }

  /** Whether a value looks made: letters and digits, eight or more. */
  private static boolean made(Text text, int from, int to) {
    boolean digit = false;
    boolean letter = false;
    for (int i = from; i < to; i++) {
      digit |= text.digitAt(i);
      letter |= Text.letter(text.at(i));
    }
    return to - from >= 8 && digit && letter;
  }

  /** The name of {@link #NAMES} that ends here; empty for none. */
  private static String name(Text text, int end) {
    for (String name : NAMES) {
      int from = end - name.length();
      if (text.has(from, name) && !Text.letter(text.at(from - 1)) && !text.digitAt(from - 1)) {
        return name;
      }
    }
    return "";
  }
}
