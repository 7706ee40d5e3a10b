package countersign.masking;

/** IPv4 and IPv6 addresses (RFC 4291 text forms), with their prefix length or zone. */
final class Addresses {
  private static final int MOST = 45;

  private Addresses() {}

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length) {
      char c = text.at(i);
      boolean starts = Text.hex(c) || c == ':' && text.at(i + 1) == ':';
      if (!starts) {
        i++;
        continue;
      }
      int end = six(text, i);
      if (end < 0) {
        end = four(text, i);
      }
      if (end > 0) {
        spans.add(Detector.ip, i, end);
        i = end;
      } else {
        i = past(text, i);
      }
    }
  }

  /** The next place where an address may begin. */
  private static int past(Text text, int from) {
    int i = from + 1;
    if (Text.digit(text.at(from))) {
      while (text.digitAt(i)) {
        i++;
      }
    }
    return i;
  }

  /** Where the IPv4 address that begins here ends; -1 when there is none. */
  private static int four(Text text, int from) {
    char before = text.at(from - 1);
    if (Text.word(before) || before == '.' && text.wordAt(from - 2)) {
      return -1;
    }
    if (before == ':'
        && (text.at(from - 2) == ':' || text.hexAt(from - 2))
        && !leftover(text, from)) {
      return -1;
    }
    int end = quad(text, from);
    if (end < 0 || Text.word(text.at(end)) || text.at(end) == '.' && text.wordAt(end + 1)) {
      return -1;
    }
    return prefix(text, end, 32);
  }

  /** After a colon an IPv4 address counts where something like {@code text::ffff:} precedes it. */
  private static boolean leftover(Text text, int from) {
    int i = from - 1;
    while (i >= 0 && from - i < MOST && (text.hexAt(i) || text.at(i) == ':')) {
      i--;
    }
    return i >= 0 && text.wordAt(i) || text.at(from - 2) != ':' && count(text, i + 1, from) == 1;
  }

  private static int count(Text text, int from, int to) {
    int colons = 0;
    for (int i = from; i < to; i++) {
      colons += text.at(i) == ':' ? 1 : 0;
    }
    return colons;
  }

  private static int quad(Text text, int from) {
    int i = from;
    for (int part = 0; part < 4; part++) {
      int value = 0;
      int start = i;
      while (text.digitAt(i) && i - start < 3) {
        value = value * 10 + text.at(i++) - '0';
      }
      if (i == start || value > 255 || text.digitAt(i) || i - start > 1 && text.at(start) == '0') {
        return -1;
      }
      if (part < 3 && text.at(i++) != '.') {
        return -1;
      }
    }
    return i;
  }

  private static int six(Text text, int from) {
    char before = text.at(from - 1);
    if (Text.word(before) || before == ':' || before == '.') {
      return -1;
    }
    int i = from;
    int groups = 0;
    boolean gap = false;
    if (text.at(i) == ':') {
      gap = true;
      i += 2;
    }
    while (i - from <= MOST) {
      int start = i;
      while (text.hexAt(i) && i - start < 5) {
        i++;
      }
      int size = i - start;
      if (size == 0) {
        break; // only after "::"
      }
      if (text.at(i) == '.') {
        int end = quad(text, start);
        if (end > 0) {
          i = end;
          groups += 2;
          break;
        }
      }
      if (size > 4) {
        return -1;
      }
      groups++;
      if (text.at(i) != ':') {
        break;
      }
      if (text.at(i + 1) == ':') {
        if (gap) {
          return -1;
        }
        gap = true;
        i += 2;
      } else if (text.hexAt(i + 1)) {
        i++;
      } else {
        break;
      }
    }
    return whole(text, from, i, groups, gap);
  }

  private static int whole(Text text, int from, int end, int groups, boolean gap) {
    boolean full = gap ? groups <= 7 : groups == 8;
    char after = text.at(end);
    if (!full || Text.word(after) || after == ':' || after == '.' && text.wordAt(end + 1)) {
      return -1;
    }
    if (groups == 0 && (end - from != 2 || Text.word(text.at(from - 1)))) {
      return -1;
    }
    int zone = end;
    if (after == '%') {
      zone++;
      while (text.wordAt(zone) && zone - end < 32) {
        zone++;
      }
    }
    return prefix(text, zone, 128);
  }

  private static int prefix(Text text, int end, int most) {
    if (text.at(end) != '/' || !text.digitAt(end + 1)) {
      return end;
    }
    int bits = 0;
    int i = end + 1;
    while (text.digitAt(i) && i - end < 5) {
      bits = bits * 10 + text.at(i++) - '0';
    }
    return bits <= most && !text.wordAt(i) ? i : end;
  }
}
