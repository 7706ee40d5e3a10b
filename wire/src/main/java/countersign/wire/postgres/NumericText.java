package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;

/** Reads the binary format of {@code numeric} (utils/adt/numeric.c: numeric_send). */
final class NumericText {
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int INFINITE = 0xD000;
  private static final int NEGATIVE_INFINITE = 0xF000;

  /** Longer ones are shown as hex. */
  private static final int MOST_GROUPS = 1_000;

  private NumericText() {}

  /** The number as text, empty when the bytes are none. */
  static String read(ByteBuf value) {
    int groups = value.readUnsignedShort();
    int weight = value.readShort();
    int sign = value.readUnsignedShort();
    int scale = value.readUnsignedShort();
    if (sign == NAN) {
      return "NaN";
    }
    if (sign == INFINITE || sign == NEGATIVE_INFINITE) {
      return sign == INFINITE ? "Infinity" : "-Infinity";
    }
    boolean known = sign == 0 || sign == NEGATIVE;
    if (!known
        || value.readableBytes() != groups * 2
        || Math.abs(weight) > MOST_GROUPS
        || scale > MOST_GROUPS * 4) {
      return "";
    }
    int[] digits = new int[groups];
    for (int i = 0; i < groups; i++) {
      digits[i] = value.readUnsignedShort();
      if (digits[i] > 9999) {
        return "";
      }
    }
    return (sign == NEGATIVE ? "-" : "") + whole(digits, weight) + fraction(digits, weight, scale);
  }

  private static String whole(int[] digits, int weight) {
    if (weight < 0) {
      return "0";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= weight; i++) {
      int group = i < digits.length ? digits[i] : 0;
      text.append(i == 0 ? Integer.toString(group) : String.format("%04d", group));
    }
    return text.toString();
  }

  private static String fraction(int[] digits, int weight, int scale) {
    if (scale == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder(".");
    for (int i = weight + 1; text.length() <= scale; i++) {
      int group = i >= 0 && i < digits.length ? digits[i] : 0;
      text.append(String.format("%04d", group));
    }
    return text.substring(0, scale + 1);
  }
}
