package countersign.masking;

import java.util.List;

/**
 * Secrets by what they look like: tokens whose issuers gave them a prefix, JSON Web Tokens, private
 * keys, passwords in URLs and connection strings.
 */
final class Secrets {
  /** Looked at before it is known to be a token; once it is, all of it is. */
  private static final int MOST = 512;

  private static final int MOST_HEADER = 1_024;

  /**
   * A token: a prefix, then at least so many characters of letters, digits, {@code -} and {@code
   * _}.
   */
  private record Issued(String prefix, int least) {}

  /** As the issuers document them. The prefixes alone are no secrets. */
  private static final List<Issued> ISSUED =
      List.of(
          new Issued("AKIA", 16),
          new Issued("ASIA", 16),
          new Issued("ABIA", 16),
          new Issued("ACCA", 16),
          new Issued("AIza", 35),
          new Issued("AGE-SECRET-KEY-1", 50),
          new Issued("GOCSPX-", 20),
          new Issued("SG.", 16),
          new Issued("dop_v1_", 40),
          new Issued("ghp_", 30),
          new Issued("gho_", 30),
          new Issued("ghu_", 30),
          new Issued("ghs_", 30),
          new Issued("ghr_", 30),
          new Issued("github_pat_", 22),
          new Issued("glpat-", 18),
          new Issued("gldt-", 18),
          new Issued("glrt-", 18),
          new Issued("glptt-", 30),
          new Issued("hf_", 30),
          new Issued("hvs.", 20),
          new Issued("lin_api_", 30),
          new Issued("npm_", 30),
          new Issued("pypi-AgE", 30),
          new Issued("rk_live_", 16),
          new Issued("rk_test_", 16),
          new Issued("shpat_", 30),
          new Issued("sk-ant-", 20),
          new Issued("sk-proj-", 20),
          new Issued("sk_live_", 16),
          new Issued("sk_test_", 16),
          new Issued("whsec_", 20),
          new Issued("xapp-", 16),
          new Issued("xoxa-", 10),
          new Issued("xoxb-", 10),
          new Issued("xoxe-", 10),
          new Issued("xoxp-", 10),
          new Issued("xoxr-", 10),
          new Issued("xoxs-", 10),
          new Issued("ya29.", 20));

  private static final boolean[] FIRST = first();

  private Secrets() {}

  private static boolean[] first() {
    boolean[] first = new boolean[128];
    ISSUED.forEach(issued -> first[issued.prefix().charAt(0)] = true);
    first['e'] = true;
    return first;
  }

  static void find(Text text, Profile profile, Spans spans) {
    if (!profile.keyLike()) {
      return;
    }
    int i = 0;
    while (i < text.length) {
      int end = at(text, i);
      if (end > i) {
        spans.add(Detector.secret, i, end);
        i = end;
      } else {
        i++;
      }
    }
    Credentials.find(text, spans);
  }

  private static int at(Text text, int from) {
    char c = text.at(from);
    if (c == '-') {
      return privateKey(text, from);
    }
    char before = text.at(from - 1);
    if (c >= 128 || !Text.word(c) || Text.word(before) && before != '_') {
      return -1;
    }
    if (FIRST[c]) {
      int end = c == 'e' ? webToken(text, from) : issued(text, from);
      if (end > 0) {
        return end;
      }
    }
    return awsSecret(text, from);
  }

  private static int issued(Text text, int from) {
    for (Issued issued : ISSUED) {
      if (text.exactly(from, issued.prefix())) {
        int start = from + issued.prefix().length();
        int end = token(text, start);
        if (end - start >= issued.least() && mixed(text, start, end)) {
          while (tokenAt(text, end)) {
            end++;
          }
          return end;
        }
      }
    }
    return -1;
  }

  /** Whether it looks made rather than written: a word alone has no digits. */
  private static boolean mixed(Text text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.at(i);
      if (Text.digit(c) || c >= 'A' && c <= 'Z' && i > from) {
        return true;
      }
    }
    return false;
  }

  private static int token(Text text, int from) {
    int i = from;
    while (i - from < MOST && tokenAt(text, i)) {
      i++;
    }
    return i;
  }

  private static boolean tokenAt(Text text, int at) {
    char c = text.at(at);
    return c < 0x80 && Text.word(c) || c == '-' || c == '.' && text.wordAt(at + 1);
  }

  /**
   * {@code eyJ…}: three or five parts, the first of which is a JSON object that names an algorithm.
   */
  private static int webToken(Text text, int from) {
    char before = text.at(from - 1);
    if (before == '-' || before == '_' || !text.exactly(from, "eyJ")) {
      return -1; // starting inside of another would make it quadratic
    }
    int end = from;
    int dots = 0;
    int header = -1;
    while (header >= 0 || end - from <= MOST_HEADER) {
      char c = text.at(end);
      if (c == '.') {
        header = header < 0 ? end : header;
        if (++dots > 4) {
          return -1;
        }
      } else if (c >= 0x80 || !Text.word(c) && c != '-') {
        break;
      }
      end++;
    }
    if (header < 0) {
      return -1;
    }
    String json = decoded(text, from, header);
    boolean named =
        json.contains("\"alg\"") || json.contains("\"typ\"") || json.contains("\"enc\"");
    return json.startsWith("{") && named ? end : -1;
  }

  private static String decoded(Text text, int from, int to) {
    try {
      byte[] part = java.util.Arrays.copyOfRange(text.bytes, from, to);
      return new String(
          java.util.Base64.getUrlDecoder().decode(part), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  /** From the first dash of a private key's header to the last of its end, or of the value. */
  private static int privateKey(Text text, int from) {
    String begin = "-----begin ";
    if (!text.has(from, begin)) {
      return -1;
    }
    int i = from + begin.length();
    int header = i;
    while (i - header < 64 && text.at(i) != '-' && i < text.length) {
      i++;
    }
    if (!text.lower(header, i).contains("private key")) {
      return -1;
    }
    for (int end = i; end < text.length; end++) {
      if (text.at(end) == '-' && text.has(end, "-----end ")) {
        int last = end + 9;
        while (last < text.length && last - end < 96 && text.at(last) != '-') {
          last++;
        }
        while (text.at(last) == '-') {
          last++;
        }
        return last;
      }
    }
    return text.length;
  }

  /** Forty characters of Base64 beside a word that says what they are. */
  private static int awsSecret(Text text, int from) {
    char before = text.at(from - 1);
    if (before == '/' || before == '+') {
      return -1;
    }
    int i = from;
    int cases = 0;
    while (i - from <= 40 && base64(text.at(i))) {
      char c = text.at(i++);
      cases |= Text.digit(c) ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 4 : 0;
    }
    if (i - from != 40 || cases != 7) {
      return -1;
    }
    String context = text.lower(from - 40, from);
    boolean said =
        context.contains("aws")
            || context.contains("secret")
            || text.label.contains("aws")
            || text.label.contains("secret");
    return said ? i : -1;
  }

  private static boolean base64(char c) {
    return c < 0x80 && Text.word(c) && c != '_' || c == '/' || c == '+';
  }
}
