package countersign.masking;

/**
 * Payment card numbers: 12 to 19 digits in one piece or in groups, of a known issuer, of a length
 * that issuer has, with the right check digit (ISO/IEC 7812).
 */
final class Cards {
  private static final int LEAST = 12;
  private static final int MOST = 19;

  private Cards() {}

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length) {
      if (!text.digitAt(i)) {
        i++;
        continue;
      }
      int end = begins(text, i) ? end(text, i) : -1;
      if (end > 0) {
        spans.add(Detector.card, i, end);
        i = end;
      } else {
        while (text.digitAt(i)) {
          i++;
        }
      }
    }
  }

  private static boolean begins(Text text, int at) {
    if (text.wordAt(at - 1)) {
      return false;
    }
    // 0.4111111111111111 is a fraction
    return !((text.at(at - 1) == '.' || text.at(at - 1) == ',') && text.digitAt(at - 2));
  }

  /** Where a number that begins here ends; -1 when none does. */
  private static int end(Text text, int from) {
    int[] digits = new int[MOST];
    int count = 0;
    int group = 0;
    char separator = 0;
    int end = -1;
    int i = from;
    while (count < MOST && text.digitAt(i)) {
      digits[count++] = text.at(i++) - '0';
      group++;
      if (text.digitAt(i)) {
        continue;
      }
      if (count >= LEAST && ends(text, i) && valid(digits, count)) {
        end = i;
      }
      char c = text.at(i);
      boolean joins = c == ' ' || c == '-' || c == '.';
      if (!joins || separator != 0 && c != separator || group < 3 || !text.digitAt(i + 1)) {
        break;
      }
      if (separator == 0 && group != 4) {
        break; // all issuers print four digits first
      }
      separator = c;
      group = 0;
      i++;
    }
    return end;
  }

  private static boolean ends(Text text, int at) {
    return !text.wordAt(at) && !(text.at(at) == '.' && text.digitAt(at + 1));
  }

  private static boolean valid(int[] digits, int count) {
    int sum = 0;
    boolean same = true;
    for (int i = 0; i < count; i++) {
      int digit = digits[count - 1 - i];
      same &= digit == digits[0];
      int twice = digit * 2;
      sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0 && !same && issued(digits, count);
  }

  /** Issuer prefixes and their lengths, as the card networks publish them. */
  private static boolean issued(int[] d, int count) {
    int two = d[0] * 10 + d[1];
    int three = two * 10 + d[2];
    int four = three * 10 + d[3];
    int six = four * 100 + d[4] * 10 + d[5];
    if (d[0] == 4) {
      return count == 13 || count == 16 || count == 19; // Visa
    }
    if (two >= 51 && two <= 55 || six >= 222_100 && six <= 272_099) {
      return count == 16; // Mastercard
    }
    if (two == 34 || two == 37) {
      return count == 15; // American Express
    }
    if (three >= 300 && three <= 305 || four == 3095 || two == 36 || two == 38 || two == 39) {
      return count >= 14; // Diners Club
    }
    if (four >= 3528 && four <= 3589) {
      return count >= 16; // JCB
    }
    if (d[0] == 1) {
      return count == 15; // UATP
    }
    if (two == 60 || two == 62 || two == 64 || two == 65 || two == 81 || two == 82) {
      return count >= 16 || two == 60 && count >= LEAST; // Discover, UnionPay, RuPay, Maestro
    }
    if (four >= 2200 && four <= 2204) {
      return count >= 16; // Mir
    }
    if (four == 9792) {
      return count == 16; // Troy
    }
    return two == 50 || two >= 56 && two <= 58 || d[0] == 6; // Maestro
  }
}
