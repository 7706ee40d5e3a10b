package countersign.masking;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes what stands in the place of a value: always a token of the form {@code [masked …]}, which
 * can be recognised when somebody sends it back. Confined to one thread.
 */
public final class Masked {
  static final String BEGIN = "[masked";
  private static final String BEGIN_HEX =
      HexFormat.of().formatHex(BEGIN.getBytes(StandardCharsets.US_ASCII));
  private static final Pattern TOKEN =
      Pattern.compile("\\[masked(?: [^\\]\\x00-\\x1f]{1,16}|:[0-9a-f]{16})?\\]");
  private static final int SHOWN = 4;

  /** Shorter values show nothing of themselves: four characters would be too much of them. */
  private static final int LEAST_FOR_LAST4 = 8;

  private final Mac mac;

  /**
   * Makes it.
   *
   * @param key of the hashes; equal keys give equal hashes
   */
  public Masked(byte[] key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256: (expected: in every JDK)", e);
    }
  }

  /** Whether a text holds what stands in the place of a masked value. */
  public static boolean in(String text) {
    return text.contains(BEGIN) && TOKEN.matcher(text).find();
  }

  /** The same for a value in hexadecimal digits, two for a byte. */
  public static boolean inHex(String digits) {
    for (int at = digits.indexOf(BEGIN_HEX); at >= 0; at = digits.indexOf(BEGIN_HEX, at + 1)) {
      if (at % 2 == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * What stands in the place of a value.
   *
   * @param value its bytes; ASCII at its place
   * @return null for NULL
   */
  public byte @Nullable [] instead(Method method, byte[] value, int from, int to) {
    return switch (method) {
      case nothing -> null;
      case hide -> ascii("[masked]");
      case last4 -> ascii(last4(value, from, to));
      case hash -> ascii("[masked:" + hash(value, from, to) + "]");
    };
  }

  /** Replaces what was found in a value by tokens. NULL inside of a value is nothing at all. */
  public byte[] instead(Method method, byte[] value, int length, List<Found> found) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 16 * found.size());
    int at = 0;
    for (Found one : found) {
      out.write(value, at, one.from() - at);
      byte[] token =
          instead(method == Method.nothing ? Method.hide : method, value, one.from(), one.to());
      out.writeBytes(token == null ? new byte[0] : token);
      at = one.to();
    }
    out.write(value, at, length - at);
    return out.toByteArray();
  }

  private static String last4(byte[] value, int from, int to) {
    StringBuilder last = new StringBuilder(SHOWN);
    int letters = 0;
    for (int i = to - 1; i >= from; i--) {
      char c = (char) (value[i] & 0xff);
      if (c < 0x80 && Text.word(c)) {
        letters++;
        if (last.length() < SHOWN) {
          last.append(c);
        }
      } else if (c >= 0x80 && last.length() < SHOWN) {
        return "[masked]"; // half a character is none
      }
    }
    return letters < LEAST_FOR_LAST4 ? "[masked]" : "[masked " + last.reverse() + "]";
  }

  private String hash(byte[] value, int from, int to) {
    mac.update(value, from, to - from);
    return HexFormat.of().formatHex(mac.doFinal(), 0, 8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
