package countersign.masking;

import java.util.HashMap;
import java.util.Map;

/**
 * Bank account numbers: a country of the IBAN registry, its length, and a remainder of 1 modulo 97
 * (ISO 13616). In one piece or in groups of four.
 */
final class Ibans {
  private static final Map<String, Integer> LENGTHS = lengths();

  private Ibans() {}

  private static Map<String, Integer> lengths() {
    String table =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
            + "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30"
            + "KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24"
            + "PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29"
            + "VA22VG24XK20YE30";
    Map<String, Integer> lengths = new HashMap<>();
    for (int i = 0; i < table.length(); i += 4) {
      lengths.put(table.substring(i, i + 2), Integer.valueOf(table.substring(i + 2, i + 4)));
    }
    return Map.copyOf(lengths);
  }

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length - 4) {
      int end = starts(text, i) ? end(text, i) : -1;
      if (end > 0) {
        spans.add(Detector.iban, i, end);
        i = end;
      } else {
        i++;
      }
    }
  }

  private static boolean starts(Text text, int at) {
    return text.digitAt(at + 2)
        && text.digitAt(at + 3)
        && ascii(text.at(at))
        && ascii(text.at(at + 1))
        && !text.wordAt(at - 1);
  }

  private static boolean ascii(char c) {
    char lower = Text.lower(c);
    return lower >= 'a' && lower <= 'z';
  }

  private static int end(Text text, int from) {
    String country =
        "" + Character.toUpperCase(text.at(from)) + Character.toUpperCase(text.at(from + 1));
    Integer length = LENGTHS.get(country);
    if (length == null) {
      return -1;
    }
    char[] account = new char[length];
    int count = 0;
    int i = from;
    while (count < length) {
      char c = text.at(i);
      if (Text.digit(c) || ascii(c)) {
        account[count++] = Character.toUpperCase(c);
        i++;
      } else if ((c == ' ' || c == '-') && i > from + 1 && Text.word(text.at(i + 1))) {
        i++;
      } else {
        return -1;
      }
    }
    return !text.wordAt(i) && remainder(account) == 1 ? i : -1;
  }

  private static int remainder(char[] account) {
    int rest = 0;
    for (int i = 0; i < account.length; i++) {
      char c = account[(i + 4) % account.length];
      rest = Text.digit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest;
  }
}
