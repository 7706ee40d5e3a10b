package countersign.wire.recording;

import java.util.Arrays;

/** Unsigned LEB128 numbers, and a cursor over them. */
final class Varint {
  private final byte[] bytes;
  private final int end;
  private int at;

  Varint(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Writes a number that is not negative; at most 9 bytes. Returns the position after it. */
  static int write(byte[] to, int at, long value) {
    long rest = value;
    while (rest > 0x7f) {
      to[at++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }

  long next() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (at >= end) {
        throw new SegmentCodec.Malformed("number: no end (expected: unsigned LEB128)");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new SegmentCodec.Malformed("number: too long (expected: at most 9 bytes)");
  }

  byte[] bytes(int length) {
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  int at() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  boolean atEnd() {
    return at >= end;
  }
}
