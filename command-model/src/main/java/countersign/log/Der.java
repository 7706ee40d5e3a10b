package countersign.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** As much of DER as a time stamp's request and answer need. */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int OBJECT = 0x06;
  static final int SEQUENCE = 0x30;
  static final int EXPLICIT_0 = 0xa0;

  private Der() {}

  /** A value with its tag; {@code content} is the bytes after tag and length. */
  record Value(int tag, byte[] content) {
    /** The values in it. */
    List<Value> values() {
      List<Value> values = new ArrayList<>();
      for (int at = 0; at < content.length; ) {
        int length = length(content, at + 1);
        int from = at + 1 + lengthBytes(content, at + 1);
        if (length < 0 || length > content.length - from) {
          throw new IllegalArgumentException("DER: a length that goes beyond its value");
        }
        values.add(new Value(content[at] & 0xff, Arrays.copyOfRange(content, from, from + length)));
        at = from + length;
      }
      return values;
    }
  }

  /** Reads the one value that fills the bytes. */
  static Value read(byte[] bytes) {
    List<Value> values = new Value(0, bytes).values();
    if (values.size() != 1) {
      throw new IllegalArgumentException("DER: " + values.size() + " values (expected: one)");
    }
    return values.getFirst();
  }

  /** Writes a value of the contents, one after the other. */
  static byte[] write(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] each : contents) {
      content.writeBytes(each);
    }
    int length = content.size();
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    if (length < 0x80) {
      value.write(length);
    } else if (length < 0x100) {
      value.write(0x81);
      value.write(length);
    } else {
      value.write(0x82);
      value.write(length >> 8);
      value.write(length);
    }
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }

  private static int lengthBytes(byte[] bytes, int at) {
    if (at >= bytes.length) {
      throw new IllegalArgumentException("DER: ends within a length");
    }
    int first = bytes[at] & 0xff;
    int more = first < 0x80 ? 0 : first - 0x80;
    if (first == 0x80 || more > 3 || at + more >= bytes.length) {
      throw new IllegalArgumentException("DER: a length that is not of this form");
    }
    return 1 + more;
  }

  private static int length(byte[] bytes, int at) {
    int count = lengthBytes(bytes, at);
    if (count == 1) {
      return bytes[at];
    }
    int length = 0;
    for (int i = 1; i < count; i++) {
      length = length << 8 | bytes[at + i] & 0xff;
    }
    return length;
  }
}
