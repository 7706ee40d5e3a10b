package countersign.verifier.zstd;

import countersign.verifier.Malformed;

/** A decoding table of finite state entropy (RFC 8878 §4.1). */
final class Fse {
  private final int accuracy;
  private final byte[] symbol;
  private final byte[] bits;
  private final short[] base;

  private Fse(int accuracy) {
    this.accuracy = accuracy;
    this.symbol = new byte[1 << accuracy];
    this.bits = new byte[1 << accuracy];
    this.base = new short[1 << accuracy];
  }

  /** A table that always gives one symbol. */
  static Fse only(int symbol) {
    Fse table = new Fse(0);
    table.symbol[0] = (byte) symbol;
    return table;
  }

  /** A table for how often each symbol is: -1 stands for less than once. */
  static Fse of(int accuracy, short... counts) throws Malformed {
    Fse table = new Fse(accuracy);
    int size = 1 << accuracy;
    int[] next = new int[counts.length];
    int high = size - 1;
    for (int s = 0; s < counts.length; s++) {
      if (counts[s] == -1) {
        table.symbol[high--] = (byte) s;
        next[s] = 1;
      } else {
        next[s] = counts[s];
      }
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int at = 0;
    for (int s = 0; s < counts.length; s++) {
      for (int i = 0; i < counts[s]; i++) {
        table.symbol[at] = (byte) s;
        do {
          at = at + step & size - 1;
        } while (at > high);
      }
    }
    Zstd.require(at == 0);
    for (int state = 0; state < size; state++) {
      int number = next[table.symbol[state]]++;
      int bits = accuracy - (31 - Integer.numberOfLeadingZeros(number));
      table.bits[state] = (byte) bits;
      table.base[state] = (short) ((number << bits) - size);
    }
    return table;
  }

  /** Where reading a table went on to. */
  record Read(Fse table, int at) {}

  /** Reads a table. */
  static Read read(byte[] in, int from, int to, int mostAccuracy, int mostSymbol) throws Malformed {
    Zstd.require(from < to);
    int accuracy = (in[from] & 15) + 5;
    Zstd.require(accuracy <= mostAccuracy);
    short[] counts = new short[mostSymbol + 1];
    int bit = 4;
    int remaining = (1 << accuracy) + 1;
    int threshold = 1 << accuracy;
    int bits = accuracy + 1;
    int symbol = 0;
    while (remaining > 1) {
      Zstd.require(symbol <= mostSymbol);
      int value = forward(in, from, to, bit, bits);
      int most = 2 * threshold - 1 - remaining;
      int count = value & threshold - 1;
      if (count < most) {
        bit += bits - 1;
      } else {
        count = value & 2 * threshold - 1;
        count = count >= threshold ? count - most : count;
        bit += bits;
      }
      count--;
      remaining -= Math.abs(count);
      Zstd.require(remaining >= 1);
      counts[symbol++] = (short) count;
      if (count == 0) {
        int repeat;
        do {
          repeat = forward(in, from, to, bit, 2);
          bit += 2;
          symbol += repeat;
        } while (repeat == 3 && symbol <= mostSymbol);
      }
      while (remaining < threshold) {
        bits--;
        threshold >>= 1;
      }
    }
    int at = from + (bit + 7) / 8;
    Zstd.require(at <= to && symbol <= mostSymbol + 1);
    return new Read(of(accuracy, counts), at);
  }

  private static int forward(byte[] in, int from, int to, int bit, int count) {
    int bits = 0;
    for (int i = 0; i < 3; i++) {
      int index = from + bit / 8 + i;
      if (index < to) {
        bits |= (in[index] & 0xff) << (8 * i);
      }
    }
    return bits >>> bit % 8 & (1 << count) - 1;
  }

  int first(BackwardBits in) {
    return in.read(accuracy);
  }

  int symbol(int state) {
    return symbol[state] & 0xff;
  }

  int next(int state, BackwardBits in) {
    return base[state] + in.read(bits[state]);
  }
}
