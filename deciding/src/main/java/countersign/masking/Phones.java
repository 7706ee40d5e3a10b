package countersign.masking;

/**
 * Phone numbers: with a plus and a country code (ITU-T E.164), or ten digits grouped the North
 * American way; ten digits in one piece only next to a word that says so.
 */
final class Phones {
  private static final int CONTEXT = 32;
  private static final int MOST = 15;

  private Phones() {}

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length) {
      char c = text.at(i);
      int end = -1;
      if (!text.wordAt(i - 1) && text.at(i - 1) != '.') {
        if (c == '+' && text.digitAt(i + 1)) {
          end = international(text, i);
        } else if (c == '(' || Text.digit(c)) {
          end = national(text, i);
        }
      }
      if (end > 0) {
        spans.add(Detector.phone, i, end);
        i = end;
      } else if (Text.digit(c)) {
        while (text.digitAt(i)) {
          i++;
        }
      } else {
        i++;
      }
    }
  }

  private static int international(Text text, int from) {
    int digits = 0;
    int end = from + 1;
    int gap = 0;
    for (int i = from + 1; i < text.length; i++) {
      char c = text.at(i);
      if (Text.digit(c)) {
        if (++digits > MOST) {
          return -1;
        }
        gap = 0;
        end = i + 1;
      } else if (" -.()/".indexOf(c) < 0 || ++gap > 2) {
        break;
      }
    }
    return digits >= 8 && text.at(from + 1) != '0' && !text.wordAt(end) ? end : -1;
  }

  private static int national(Text text, int from) {
    int i = from;
    boolean country = false;
    if (text.digitAt(i) && (text.at(i + 1) == '-' || text.at(i + 2) == '-')) {
      int after = text.at(i + 1) == '-' ? i + 2 : text.digitAt(i + 1) ? i + 3 : i;
      if (after > i) {
        country = true;
        i = after; // 1-415-555-0132, 91-415-555-0132
      }
    }
    boolean bracket = text.at(i) == '(';
    i += bracket ? 1 : 0;
    if (!three(text, i) || text.at(i) < '2') {
      return bare(text, from);
    }
    i += 3;
    char separator = text.at(i);
    if (bracket) {
      if (separator != ')') {
        return -1;
      }
      i++;
      i += text.at(i) == ' ' ? 1 : 0;
    } else if (separator == '-' || separator == '.' || separator == ' ') {
      i++;
    } else {
      return country ? -1 : bare(text, from);
    }
    if (!three(text, i) || text.at(i) < '2') {
      return -1;
    }
    i += 3;
    char second = text.at(i);
    if (second != '-' && second != '.' && second != ' ' || !bracket && second != separator) {
      return -1;
    }
    i++;
    boolean last = three(text, i) && text.digitAt(i + 3);
    boolean spaced = separator == ' ' && !bracket && !said(text, from);
    return last && !spaced && !text.wordAt(i + 4) && text.at(i + 4) != '-' ? i + 4 : -1;
  }

  private static boolean three(Text text, int at) {
    return text.digitAt(at) && text.digitAt(at + 1) && text.digitAt(at + 2);
  }

  private static int bare(Text text, int from) {
    int i = from;
    while (text.digitAt(i)) {
      i++;
    }
    int count = i - from;
    return count >= 9 && count <= 13 && !text.wordAt(i) && said(text, from) ? i : -1;
  }

  private static boolean said(Text text, int from) {
    return names(text.label) || names(text.lower(from - CONTEXT, from));
  }

  private static boolean names(String words) {
    return words.contains("phone")
        || words.contains("mobile")
        || words.contains("tel")
        || words.contains("cell")
        || words.contains("fax");
  }
}
