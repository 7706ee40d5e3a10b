package countersign.edge.protocol.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** PostgreSQL's own types by oid (pg_type.dat), as far as masking must tell them apart. */
final class FieldTypes {
  private FieldTypes() {}

  /** Whether a token is a legal value of the type, and its binary form is its text. */
  static boolean text(int type) {
    return switch (type) {
      case 25, 1042, 1043, 705 -> true; // text, char(n), varchar, unknown
      default -> false;
    };
  }

  static boolean json(int type) {
    return type == 114 || type == 3802;
  }

  /** Whether its binary form is its text, perhaps after a byte that says the version. */
  static boolean textInBinary(int type) {
    return text(type) || json(type) || type == 19 || type == 142 || type == 2275 || type == 18;
  }

  static boolean address(int type) {
    return type == 869 || type == 650 || hardware(type);
  }

  static boolean hardware(int type) {
    return type == 829 || type == 774;
  }

  /** Whether a value can hold anything that a detector finds. */
  static boolean mayHold(int type) {
    return switch (type) {
      // bool, int2, int4, oid, float4, float8, date, time, timestamp, timestamptz, interval,
      // timetz, uuid, void, xid, cid, tid, regclass, regtype
      case 16,
          21,
          23,
          26,
          700,
          701,
          1082,
          1083,
          1114,
          1184,
          1186,
          1266,
          2950,
          2278,
          28,
          29,
          27,
          2205,
          2206 ->
          false;
      default -> true;
    };
  }

  /** Something to look through for a binary value: digits of numbers, else the bytes themselves. */
  static byte[] readable(int type, byte[] value) {
    if (type == 20 && value.length == 8) {
      return Long.toString(ByteBuffer.wrap(value).getLong()).getBytes(StandardCharsets.US_ASCII);
    }
    if (type == 1700 && value.length >= 8) {
      return numeric(ByteBuffer.wrap(value));
    }
    return value;
  }

  /** The digits of a numeric before its point. */
  private static byte[] numeric(ByteBuffer value) {
    int count = value.getShort() & 0xffff;
    int weight = value.getShort();
    value.getInt();
    if (value.remaining() < 2 * count || weight > 100) {
      return value.array();
    }
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i <= weight; i++) {
      int four = i < count ? value.getShort() : 0;
      digits.append(i == 0 ? Integer.toString(four) : "%04d".formatted(four));
    }
    return digits.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
