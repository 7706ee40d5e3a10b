package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * Values as people read them. Text comes as it is; of the binary formats the common ones are
 * decoded, the rest is {@code \x} and hex. Whatever does not fit its type is hex too.
 */
public final class ValueText {
  private static final long POSTGRES_EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final long POSTGRES_EPOCH_SECOND = POSTGRES_EPOCH_DAY * 86_400;

  private static final int BYTEA = 17;

  private ValueText() {}

  /**
   * Reads one value.
   *
   * @param bytes not consumed
   * @param most most bytes looked at; the rest is left out
   */
  static String of(int typeOid, int format, ByteBuf bytes, int most) {
    ByteBuf value = bytes.slice();
    if (format == 0) {
      return text(value, most);
    }
    String decoded = value.readableBytes() <= most ? binary(typeOid, value) : "";
    return decoded.isEmpty() ? hex(bytes.slice(), most) : decoded;
  }

  /**
   * Reads one bind value whole, for whoever decides on it: nothing is left out, and what is not
   * decoded is {@code \\x} and hex with the name of its type.
   *
   * @param typeOid type of the parameter, 0 when nobody said it
   * @param format 0 text, 1 binary
   * @param bytes not consumed
   */
  public static String whole(int typeOid, int format, ByteBuf bytes) {
    String decoded = format == 0 ? plain(bytes.slice()) : binary(typeOid, bytes.slice());
    if (!decoded.isEmpty() || !bytes.isReadable()) {
      return decoded;
    }
    String hex = hex(bytes.slice(), Integer.MAX_VALUE);
    return format == 0 || typeOid == BYTEA
        ? hex
        : hex + " (" + (typeOid == 0 ? "type not stated" : TypeNames.of(typeOid)) + ")";
  }

  private static String text(ByteBuf value, int most) {
    if (value.readableBytes() <= most) {
      return value.toString(StandardCharsets.UTF_8);
    }
    String cut = value.toString(value.readerIndex(), most, StandardCharsets.UTF_8);
    int end = cut.length();
    while (end > 0 && end > cut.length() - 3 && cut.charAt(end - 1) == '\uFFFD') {
      end--; // half a character
    }
    return cut.substring(0, end) + "…";
  }

  private static String hex(ByteBuf value, int most) {
    int bytes = Math.min(value.readableBytes(), most >>> 1);
    String hex = ByteBufUtil.hexDump(value, value.readerIndex(), bytes);
    return "\\x" + hex + (bytes < value.readableBytes() ? "…" : "");
  }

  /** The decoded value, empty when it is none of the known ones. */
  static String binary(int typeOid, ByteBuf value) {
    int size = value.readableBytes();
    return switch (typeOid) {
      case 16 -> size == 1 ? value.readByte() != 0 ? "t" : "f" : "";
      case 20, 5069 -> size == 8 ? Long.toString(value.readLong()) : "";
      case 21 -> size == 2 ? Short.toString(value.readShort()) : "";
      case 23 -> size == 4 ? Integer.toString(value.readInt()) : "";
      case 24, 26, 28, 29, 2202, 2205, 2206, 4089, 4096 ->
          size == 4 ? Integer.toUnsignedString(value.readInt()) : "";
      case 700 -> size == 4 ? number(Float.toString(value.readFloat())) : "";
      case 701 -> size == 8 ? number(Double.toString(value.readDouble())) : "";
      case 18, 19, 25, 114, 142, 705, 1042, 1043 -> plain(value);
      case 3802 -> size > 0 && value.readByte() == 1 ? plain(value) : "";
      case 1082 -> size == 4 ? date(value.readInt()) : "";
      case 1083 -> size == 8 ? time(value.readLong()) : "";
      case 1114 -> size == 8 ? timestamp(value.readLong(), "") : "";
      case 1184 -> size == 8 ? timestamp(value.readLong(), "+00") : "";
      case 1700 -> size >= 8 ? NumericText.read(value) : "";
      case 2950 -> size == 16 ? new UUID(value.readLong(), value.readLong()).toString() : "";
      default -> ArrayText.read(typeOid, value);
    };
  }

  private static String plain(ByteBuf value) {
    String text = value.toString(StandardCharsets.UTF_8);
    return text.indexOf('\uFFFD') < 0 ? text : "";
  }

  private static String number(String java) {
    return java.endsWith(".0") ? java.substring(0, java.length() - 2) : java;
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days > 0 ? "infinity" : "-infinity";
    }
    return LocalDate.ofEpochDay(POSTGRES_EPOCH_DAY + days).toString();
  }

  private static String time(long micros) {
    if (micros == 86_400_000_000L) {
      return "24:00:00";
    }
    return micros < 0 || micros > 86_400_000_000L
        ? ""
        : clock(LocalTime.ofNanoOfDay(micros * 1000));
  }

  private static String timestamp(long micros, String zone) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? "infinity" : "-infinity";
    }
    long seconds = POSTGRES_EPOCH_SECOND + Math.floorDiv(micros, 1_000_000L);
    int nanos = (int) Math.floorMod(micros, 1_000_000L) * 1000;
    LocalDateTime moment = LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC);
    return moment.toLocalDate() + " " + clock(moment.toLocalTime()) + zone;
  }

  /** Hours, minutes, seconds and, when there are any, microseconds without zeros at the end. */
  private static String clock(LocalTime time) {
    String whole =
        String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    if (time.getNano() == 0) {
      return whole;
    }
    String micros = String.format("%06d", time.getNano() / 1000);
    int end = micros.length();
    while (micros.charAt(end - 1) == '0') {
      end--;
    }
    return whole + "." + micros.substring(0, end);
  }
}
