package countersign.masking;

/** Mail addresses: what stands around an {@code @}, by the practical part of RFC 5321. */
final class Emails {
  private static final int MOST_LOCAL = 64;
  private static final int MOST_DOMAIN = 253;
  private static final String ATOM = "!#$%&'*+-/=?^_`{|}~.";

  private Emails() {}

  static void find(Text text, Spans spans) {
    for (int i = 1; i < text.length - 3; i++) {
      if (text.bytes[i] == '@') {
        int from = local(text, i);
        int to = from < i ? domain(text, i + 1) : -1;
        if (to > 0) {
          spans.add(Detector.email, from, to);
          i = to - 1;
        }
      }
    }
  }

  private static int local(Text text, int at) {
    int from = at;
    while (from > 0 && at - from < MOST_LOCAL && inLocal(text.at(from - 1))) {
      from--;
    }
    while (from < at && !Text.word(text.at(from))) {
      from++; // quotes, brackets and dots before it are not its own
    }
    return text.at(at - 1) == '.' ? at : from;
  }

  private static boolean inLocal(char c) {
    return Text.word(c) || ATOM.indexOf(c) >= 0;
  }

  /** Where the domain ends; -1 when it is none. */
  private static int domain(Text text, int from) {
    int i = from;
    int labels = 0;
    int end = -1;
    while (i - from < MOST_DOMAIN) {
      int start = i;
      while (i - start < 63 && (Text.word(text.at(i)) && text.at(i) != '_' || text.at(i) == '-')) {
        i++;
      }
      if (i == start || text.at(start) == '-' || text.at(i - 1) == '-') {
        break;
      }
      labels++;
      if (labels > 1 && top(text, start, i)) {
        end = i;
      }
      if (text.at(i) != '.') {
        break;
      }
      i++;
    }
    return end;
  }

  /** Whether a label can be a top-level domain. */
  private static boolean top(Text text, int from, int to) {
    if (to - from < 2) {
      return false;
    }
    if (text.has(from, "xn--")) {
      return true;
    }
    for (int i = from; i < to; i++) {
      if (!Text.letter(text.at(i))) {
        return false;
      }
    }
    return true;
  }
}
