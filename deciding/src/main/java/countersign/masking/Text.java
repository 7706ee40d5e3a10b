package countersign.masking;

import java.nio.charset.StandardCharsets;

/** The bytes of one value, read as ASCII; whatever else stands in them counts as a letter. */
final class Text {
  final byte[] bytes;
  final int length;

  /** What the value is called, in lower case: context for what a number may be. */
  final String label;

  Text(byte[] bytes, int length, String label) {
    this.bytes = bytes;
    this.length = length;
    this.label = label;
  }

  /** The character at a place; 0 outside. */
  char at(int index) {
    return index < 0 || index >= length ? 0 : (char) (bytes[index] & 0xff);
  }

  boolean digitAt(int index) {
    char c = at(index);
    return c >= '0' && c <= '9';
  }

  boolean hexAt(int index) {
    return hex(at(index));
  }

  /** Letter, digit, underscore or part of a character beyond ASCII. */
  boolean wordAt(int index) {
    return word(at(index));
  }

  static boolean word(char c) {
    return digit(c) || letter(c) || c == '_';
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean letter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80;
  }

  static boolean hex(char c) {
    return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** Whether ASCII text stands at a place, letters in any case; {@code word} in lower case. */
  boolean has(int index, String word) {
    if (index < 0 || index + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (lower((char) (bytes[index + i] & 0xff)) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether ASCII text stands at a place exactly so. */
  boolean exactly(int index, String word) {
    if (index < 0 || index + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((char) (bytes[index + i] & 0xff) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The part as text, in lower case, for looking for words of context. */
  String lower(int from, int to) {
    int first = Math.max(0, from);
    int end = Math.min(length, to);
    return end <= first
        ? ""
        : new String(bytes, first, end - first, StandardCharsets.ISO_8859_1)
            .toLowerCase(java.util.Locale.ROOT);
  }
}
