package countersign.verifier.zstd;

import countersign.verifier.Malformed;

/**
 * Bits that were written forwards and are read from the end, where a single one marks the start.
 */
final class BackwardBits {
  private final byte[] data;
  private final int from;
  private final int to;

  /** How many bits are left; below zero when more were read than there are, those being zeros. */
  private int left;

  BackwardBits(byte[] data, int from, int to) throws Malformed {
    Zstd.require(from < to && data[to - 1] != 0);
    this.data = data;
    this.from = from;
    this.to = to;
    int high = 31 - Integer.numberOfLeadingZeros(data[to - 1] & 0xff);
    this.left = (to - from - 1) * 8 + high;
  }

  /** Reads up to 32 bits. */
  int read(int count) {
    left -= count;
    return at(left, count);
  }

  /** Looks at bits without taking them; bits beyond the end are zeros. */
  int peek(int count) {
    return at(left - count, count);
  }

  void skip(int count) {
    left -= count;
  }

  int left() {
    return left;
  }

  private int at(int bit, int count) {
    long bits = 0;
    int first = Math.floorDiv(bit, 8);
    for (int i = 0; i < 5; i++) {
      int index = from + first + i;
      if (index >= from && index < to) {
        bits |= (data[index] & 0xffL) << (8 * i);
      }
    }
    return (int) (bits >>> (bit - first * 8) & (1L << count) - 1);
  }
}
