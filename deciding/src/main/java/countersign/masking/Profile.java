package countersign.masking;

/**
 * What kinds of bytes a value has: which detectors need not look.
 *
 * @param longestDigits digits of the longest run of digits and single separators
 * @param longestHex the same for hexadecimal digits
 */
record Profile(
    int digits,
    int letters,
    int dots,
    int colons,
    boolean at,
    boolean keyLike,
    int longestDigits,
    int longestHex) {

  private static final byte OTHER = 0;
  private static final byte DIGIT = 1;
  private static final byte HEX_LETTER = 2;
  private static final byte LETTER = 3;
  private static final byte SEPARATOR = 4;
  private static final byte[] KIND = kinds();

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int c = 0; c < 256; c++) {
      kinds[c] =
          Text.digit((char) c)
              ? DIGIT
              : Text.hex((char) c)
                  ? HEX_LETTER
                  : Text.letter((char) c) ? LETTER : " -.:/()".indexOf(c) >= 0 ? SEPARATOR : OTHER;
    }
    return kinds;
  }

  static Profile of(byte[] value, int length) {
    int digits = 0;
    int letters = 0;
    int dots = 0;
    int colons = 0;
    boolean at = false;
    boolean keyLike = false;
    int run = 0;
    int longest = 0;
    int hexRun = 0;
    int longestHex = 0;
    int word = 0;
    int gap = 0;
    for (int i = 0; i < length; i++) {
      int c = value[i] & 0xff;
      switch (KIND[c]) {
        case DIGIT -> {
          digits++;
          run++;
          hexRun++;
          word++;
          gap = 0;
        }
        case HEX_LETTER -> {
          letters++;
          longest = Math.max(longest, run);
          run = 0;
          hexRun++;
          word++;
          gap = 0;
        }
        case LETTER -> {
          letters++;
          longest = Math.max(longest, run);
          run = 0;
          longestHex = Math.max(longestHex, hexRun);
          hexRun = 0;
          word++;
          gap = 0;
        }
        case SEPARATOR -> {
          dots += c == '.' ? 1 : 0;
          colons += c == ':' ? 1 : 0;
          keyLike |= c == ':' && i + 2 < length && value[i + 1] == '/' && value[i + 2] == '/';
          keyLike |=
              word >= 16
                  || c == '-' && i + 4 < length && value[i + 1] == '-' && value[i + 2] == '-';
          word = c == '-' ? word + 1 : 0;
          if (++gap > 2) {
            longest = Math.max(longest, run);
            run = 0;
            longestHex = Math.max(longestHex, hexRun);
            hexRun = 0;
          }
        }
        default -> {
          at |= c == '@';
          keyLike |= c == '=' || c == '"' || word >= 16;
          word = c == '_' || c == '/' || c == '+' ? word + 1 : 0;
          longest = Math.max(longest, run);
          run = 0;
          longestHex = Math.max(longestHex, hexRun);
          hexRun = 0;
          gap = 0;
        }
      }
    }
    return new Profile(
        digits,
        letters,
        dots,
        colons,
        at,
        keyLike || word >= 16 || colons > 0,
        Math.max(longest, run),
        Math.max(longestHex, hexRun));
  }

  /** Whether any detector could find anything. */
  boolean worthwhile() {
    return digits >= 4 || at || colons >= 2 || keyLike;
  }
}
