package countersign.masking;

import java.util.Set;

/**
 * US social security numbers: area, group and serial that can have been issued. Written with
 * separators; without any only next to a word that says so, or as a whole value.
 */
final class SocialSecurity {
  private static final int DIGITS = 9;
  private static final int CONTEXT = 48;

  /** Printed in advertisements and used as examples so often that they are nobody's. */
  private static final Set<Integer> NOBODYS =
      Set.of(78_051_120, 219_099_999, 123_456_789, 457_555_462);

  private SocialSecurity() {}

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length) {
      if (!text.digitAt(i)) {
        i++;
        continue;
      }
      int end = begins(text, i) ? end(text, i) : -1;
      if (end > 0) {
        spans.add(Detector.ssn, i, end);
        i = end;
      } else {
        while (text.digitAt(i)) {
          i++;
        }
      }
    }
  }

  private static boolean begins(Text text, int at) {
    char before = text.at(at - 1);
    return !Text.word(before)
        && !((before == '-' || before == '.' || before == '/' || before == '+')
            && (text.wordAt(at - 2) || before == '+'));
  }

  private static int end(Text text, int from) {
    int number = 0;
    int count = 0;
    int separators = 0;
    char separator = 0;
    int i = from;
    while (count < DIGITS) {
      char c = text.at(i);
      if (Text.digit(c)) {
        number = number * 10 + c - '0';
        count++;
      } else if ((count == 3 || count == 5)
          && (c == '-' || c == ' ' || c == '.')
          && text.digitAt(i - 1)
          && (separator == 0 || separator == c)) {
        separator = c;
        separators++;
      } else {
        return -1;
      }
      i++;
    }
    if (!ends(text, i) || !possible(number)) {
      return -1;
    }
    boolean shaped = separators == 2 || separators == 1 && separator == '-';
    return shaped || said(text, from, i) ? i : -1;
  }

  private static boolean ends(Text text, int at) {
    char after = text.at(at);
    return !Text.word(after)
        && !((after == '-' || after == '.' || after == '/') && text.wordAt(at + 1));
  }

  private static boolean possible(int number) {
    int area = number / 1_000_000;
    int group = number / 10_000 % 100;
    int serial = number % 10_000;
    return area != 0
        && area != 666
        && area < 900
        && group != 0
        && serial != 0
        && !NOBODYS.contains(number);
  }

  private static boolean said(Text text, int from, int to) {
    if (from == 0 && to == text.length && to == DIGITS) {
      return true;
    }
    return names(text.label)
        || names(text.lower(from - CONTEXT, from))
        || names(text.lower(to, to + CONTEXT));
  }

  private static boolean names(String words) {
    return words.contains("ssn")
        || words.contains("social")
        || words.contains("soc sec")
        || words.contains("taxpayer");
  }
}
