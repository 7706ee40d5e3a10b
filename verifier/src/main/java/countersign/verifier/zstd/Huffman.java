package countersign.verifier.zstd;

import countersign.verifier.Malformed;

/** A decoding table of literals (RFC 8878 §4.2). */
final class Huffman {
  private static final int MOST_BITS = 11;
  private final int most;
  private final byte[] symbol;
  private final byte[] bits;

  private Huffman(int most) {
    this.most = most;
    this.symbol = new byte[1 << most];
    this.bits = new byte[1 << most];
  }

  /** Where reading a table went on to. */
  record Read(Huffman table, int at) {}

  /** Reads a table. */
  static Read read(byte[] in, int from, int to) throws Malformed {
    Zstd.require(from < to);
    int head = in[from] & 0xff;
    byte[] weights = new byte[256];
    int count;
    int at = from + 1;
    if (head >= 128) {
      count = head - 127;
      Zstd.require(at + (count + 1) / 2 <= to);
      for (int i = 0; i < count; i++) {
        int two = in[at + i / 2] & 0xff;
        weights[i] = (byte) (i % 2 == 0 ? two >>> 4 : two & 15);
      }
      at += (count + 1) / 2;
    } else {
      Zstd.require(at + head <= to);
      count = weights(in, at, at + head, weights);
      at += head;
    }
    return new Read(of(weights, count), at);
  }

  private static int weights(byte[] in, int from, int to, byte[] weights) throws Malformed {
    Fse.Read read = Fse.read(in, from, to, 6, 12);
    Fse table = read.table();
    BackwardBits bits = new BackwardBits(in, read.at(), to);
    int one = table.first(bits);
    int two = table.first(bits);
    int count = 0;
    while (true) {
      Zstd.require(count < 254 && bits.left() >= 0);
      weights[count++] = (byte) table.symbol(one);
      one = table.next(one, bits);
      if (bits.left() < 0) {
        weights[count++] = (byte) table.symbol(two);
        return count;
      }
      weights[count++] = (byte) table.symbol(two);
      two = table.next(two, bits);
      if (bits.left() < 0) {
        weights[count++] = (byte) table.symbol(one);
        return count;
      }
    }
  }

  /** The last weight is left out: it makes the sum a power of two. */
  private static Huffman of(byte[] weights, int count) throws Malformed {
    int total = 0;
    for (int i = 0; i < count; i++) {
      Zstd.require(weights[i] <= MOST_BITS);
      total += weights[i] == 0 ? 0 : 1 << weights[i] - 1;
    }
    Zstd.require(total > 0);
    int most = 32 - Integer.numberOfLeadingZeros(total);
    int left = (1 << most) - total;
    Zstd.require(most <= MOST_BITS && Integer.bitCount(left) == 1 && count < 256);
    weights[count] = (byte) (32 - Integer.numberOfLeadingZeros(left));
    Huffman table = new Huffman(most);
    int at = 0;
    for (int weight = 1; weight <= most; weight++) {
      for (int s = 0; s <= count; s++) {
        if (weights[s] == weight) {
          int width = 1 << weight - 1;
          Zstd.require(at + width <= table.symbol.length);
          java.util.Arrays.fill(table.symbol, at, at + width, (byte) s);
          java.util.Arrays.fill(table.bits, at, at + width, (byte) (most + 1 - weight));
          at += width;
        }
      }
    }
    Zstd.require(at == table.symbol.length);
    return table;
  }

  /** Decodes one stream, which must be used up. */
  void decode(byte[] in, int from, int to, byte[] out, int outFrom, int outTo) throws Malformed {
    BackwardBits stream = new BackwardBits(in, from, to);
    for (int i = outFrom; i < outTo; i++) {
      int index = stream.peek(most);
      out[i] = symbol[index];
      stream.skip(bits[index]);
      Zstd.require(stream.left() >= 0);
    }
    Zstd.require(stream.left() == 0);
  }
}
