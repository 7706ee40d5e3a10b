package countersign.masking;

/** Hardware addresses: six pairs with one separator, or Cisco's three groups of four. */
final class HardwareAddresses {
  private HardwareAddresses() {}

  static void find(Text text, Spans spans) {
    int i = 0;
    while (i < text.length) {
      int end = text.hexAt(i) && !bound(text, i - 1) ? end(text, i) : -1;
      if (end > 0) {
        spans.add(Detector.mac, i, end);
        i = end;
      } else {
        i++;
      }
    }
  }

  private static boolean bound(Text text, int at) {
    char c = text.at(at);
    return Text.word(c) || (c == ':' || c == '-' || c == '.') && text.hexAt(at - 1);
  }

  private static int end(Text text, int from) {
    int end = grouped(text, from, 2, 6);
    return end > 0 ? end : grouped(text, from, 4, 3);
  }

  private static int grouped(Text text, int from, int size, int groups) {
    char separator = text.at(from + size);
    if (size == 2 ? separator != ':' && separator != '-' : separator != '.') {
      return -1;
    }
    boolean zero = true;
    boolean ones = true;
    int i = from;
    for (int group = 0; group < groups; group++) {
      for (int k = 0; k < size; k++) {
        char c = Text.lower(text.at(i++));
        if (!Text.hex(c)) {
          return -1;
        }
        zero &= c == '0';
        ones &= c == 'f';
      }
      if (group < groups - 1 && text.at(i++) != separator) {
        return -1;
      }
    }
    boolean longer = text.at(i) == separator && text.hexAt(i + 1);
    return zero || ones || longer || text.wordAt(i) ? -1 : i;
  }
}
