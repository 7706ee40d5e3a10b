package countersign.evidence.make;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/** Bech32 (BIP 173), as age writes its recipients. */
final class Bech32 {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;

  private Bech32() {}

  /**
   * Decodes.
   *
   * @throws IllegalArgumentException when it is not of this prefix, or its checksum is wrong
   */
  static byte[] decode(String prefix, String text) {
    String start = prefix + "1";
    if (!text.startsWith(start) || !text.equals(text.toLowerCase(Locale.ROOT))) {
      throw wrong(prefix);
    }
    int check = 1;
    for (int i = 0; i < prefix.length(); i++) {
      check = step(check, prefix.charAt(i) >> 5);
    }
    check = step(check, 0);
    for (int i = 0; i < prefix.length(); i++) {
      check = step(check, prefix.charAt(i) & 31);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int bits = 0;
    int held = 0;
    for (int i = start.length(); i < text.length(); i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw wrong(prefix);
      }
      check = step(check, value);
      if (i < text.length() - CHECKSUM) {
        held = (held << 5 | value) & 0xfff;
        bits += 5;
        if (bits >= 8) {
          bits -= 8;
          out.write(held >> bits);
        }
      }
    }
    if (check != 1 || bits >= 5 || (held & (1 << bits) - 1) != 0) {
      throw wrong(prefix);
    }
    return out.toByteArray();
  }

  private static int step(int check, int value) {
    int top = check >>> 25;
    int next = (check & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < GENERATOR.length; i++) {
      next ^= (top >> i & 1) == 0 ? 0 : GENERATOR[i];
    }
    return next;
  }

  private static IllegalArgumentException wrong(String prefix) {
    return new IllegalArgumentException(
        "recipient: not one (expected: "
            + prefix
            + "1… with its checksum, as age-keygen prints it)");
  }
}
