package countersign.verifier.zstd;

import countersign.verifier.Malformed;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses one frame of Zstandard (RFC 8878) into as many bytes as the caller says. No
 * dictionary, no skippable frames; a checksum is not checked, since what we decompress is bound by
 * a better hash. One use, one thread.
 */
public final class Zstd {
  private static final int MAGIC = 0xfd2fb528;
  private static final int MOST_BLOCK = 128 << 10;
  private static final int[] LENGTH_BASE = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64,
    128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536
  };
  private static final int[] LENGTH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16
  };
  private static final int[] MATCH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051,
    4099, 8195, 16387, 32771, 65539
  };
  private static final int[] MATCH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };
  private static final short[] LENGTHS = {
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1
  };
  private static final short[] MATCHES = {
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
  };
  private static final short[] OFFSETS = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
  };

  private final byte[] in;
  private final int end;
  private final byte[] out;
  private int at;
  private int made;
  private final int[] recent = {1, 4, 8};
  private byte[] literals = new byte[0];
  private @Nullable Huffman huffman;
  private @Nullable Fse lengths;
  private @Nullable Fse offsets;
  private @Nullable Fse matches;

  private Zstd(byte[] in, int from, int to, int size) {
    this.in = in;
    this.at = from;
    this.end = to;
    this.out = new byte[size];
  }

  /**
   * Decompresses.
   *
   * @param in has the frame, and nothing else, from {@code from} to {@code to}
   * @param size what the frame holds, exactly
   */
  public static byte[] decompress(byte[] in, int from, int to, int size) throws Malformed {
    Zstd frame = new Zstd(in, from, to, size);
    try {
      frame.run();
    } catch (IndexOutOfBoundsException lied) {
      throw new Malformed("zstd: not one whole frame");
    }
    return frame.out;
  }

  static void require(boolean holds) throws Malformed {
    if (!holds) {
      throw new Malformed("zstd: not one whole frame");
    }
  }

  private void run() throws Malformed {
    require(end - at >= 6 && number(4) == (MAGIC & 0xffffffffL));
    int head = in[at++] & 0xff;
    boolean single = (head & 32) != 0;
    require((head & 8) == 0 && (head & 3) == 0);
    if (!single) {
      at++;
    }
    int sizeOf = head >>> 6 == 0 ? single ? 1 : 0 : 1 << (head >>> 6);
    long size = number(sizeOf) + (sizeOf == 2 ? 256 : 0);
    require(sizeOf == 0 || size == out.length);
    boolean last = false;
    while (!last) {
      int block = (int) number(3);
      last = (block & 1) == 1;
      block(block >>> 1 & 3, block >>> 3);
    }
    at += (head & 4) == 0 ? 0 : 4;
    require(at == end && made == out.length);
  }

  private void block(int type, int size) throws Malformed {
    require(size <= MOST_BLOCK && type != 3);
    int length = type == 1 ? 1 : size;
    int to = at + size;
    require(length <= end - at);
    switch (type) {
      case 0 -> {
        require(size <= out.length - made);
        System.arraycopy(in, at, out, made, size);
        made += size;
      }
      case 1 -> {
        require(size <= out.length - made);
        java.util.Arrays.fill(out, made, made + size, in[at]);
        made += size;
      }
      default -> sequences(literals(to), to);
    }
    at = type == 2 ? at : at + length;
  }

  /** Reads the literals of a block into {@link #literals}; returns how many they are. */
  private int literals(int to) throws Malformed {
    int type = in[at] & 3;
    int format = in[at] >>> 2 & 3;
    if (type < 2) {
      int bytes = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
      int size = (int) (number(bytes) >>> ((format & 1) == 0 ? 3 : 4));
      require(size <= MOST_BLOCK);
      room(size);
      if (type == 0) {
        require(size <= to - at);
        System.arraycopy(in, at, literals, 0, size);
        at += size;
      } else {
        java.util.Arrays.fill(literals, 0, size, in[at++]);
      }
      return size;
    }
    int width = format < 2 ? 10 : format == 2 ? 14 : 18;
    long head = number(format < 2 ? 3 : format == 2 ? 4 : 5) >>> 4;
    int size = (int) (head & (1 << width) - 1);
    int packed = (int) (head >>> width & (1 << width) - 1);
    int stop = at + packed;
    require(size <= MOST_BLOCK && stop <= to);
    if (type == 2) {
      Huffman.Read read = Huffman.read(in, at, stop);
      huffman = read.table();
      at = read.at();
    }
    Huffman table = huffman;
    if (table == null) {
      throw new Malformed("zstd: literals without a table");
    }
    room(size);
    if (format == 0) {
      table.decode(in, at, stop, literals, 0, size);
    } else {
      int each = (size + 3) / 4;
      int one = (int) number(2);
      int two = (int) number(2);
      int three = (int) number(2);
      require(at + one + two + three < stop && 3 * each <= size);
      table.decode(in, at, at + one, literals, 0, each);
      table.decode(in, at + one, at + one + two, literals, each, 2 * each);
      table.decode(in, at + one + two, at + one + two + three, literals, 2 * each, 3 * each);
      table.decode(in, at + one + two + three, stop, literals, 3 * each, size);
    }
    at = stop;
    return size;
  }

  private void room(int size) {
    if (literals.length < size) {
      literals = new byte[size];
    }
  }

  private void sequences(int literalCount, int to) throws Malformed {
    require(at < to);
    int count = in[at++] & 0xff;
    if (count == 255) {
      count = (int) number(2) + 0x7f00;
    } else if (count > 127) {
      count = (count - 128 << 8) + (in[at++] & 0xff);
    }
    int used = 0;
    if (count > 0) {
      int modes = in[at++] & 0xff;
      require((modes & 3) == 0);
      Fse length = table(modes >>> 6, lengths, 6, LENGTHS, 9, 35, to);
      Fse offset = table(modes >>> 4 & 3, offsets, 5, OFFSETS, 8, 31, to);
      Fse match = table(modes >>> 2 & 3, matches, 6, MATCHES, 9, 52, to);
      lengths = length;
      offsets = offset;
      matches = match;
      BackwardBits bits = new BackwardBits(in, at, to);
      int lengthState = length.first(bits);
      int offsetState = offset.first(bits);
      int matchState = match.first(bits);
      for (int i = 0; i < count; i++) {
        int offsetCode = offset.symbol(offsetState);
        int matchCode = match.symbol(matchState);
        int lengthCode = length.symbol(lengthState);
        require(offsetCode <= 30);
        int value = (1 << offsetCode) + bits.read(offsetCode);
        int matched = MATCH_BASE[matchCode] + bits.read(MATCH_BITS[matchCode]);
        int literal = LENGTH_BASE[lengthCode] + bits.read(LENGTH_BITS[lengthCode]);
        if (i + 1 < count) {
          lengthState = length.next(lengthState, bits);
          matchState = match.next(matchState, bits);
          offsetState = offset.next(offsetState, bits);
        }
        require(bits.left() >= 0);
        used = copy(used, literal, literalCount, matched, distance(value, literal));
      }
      require(bits.left() == 0);
    }
    int rest = literalCount - used;
    require(rest <= out.length - made);
    System.arraycopy(literals, used, out, made, rest);
    made += rest;
    at = to;
  }

  private int copy(int used, int literal, int literalCount, int matched, int distance)
      throws Malformed {
    require(
        literal <= literalCount - used
            && (long) literal + matched <= out.length - made
            && distance > 0
            && distance <= made + literal);
    System.arraycopy(literals, used, out, made, literal);
    made += literal;
    for (int i = 0; i < matched; i++, made++) {
      out[made] = out[made - distance];
    }
    return used + literal;
  }

  private int distance(int value, int literal) {
    int which = value > 3 ? 3 : value - 1 + (literal == 0 ? 1 : 0);
    int distance = value > 3 ? value - 3 : which == 3 ? recent[0] - 1 : recent[which];
    if (which > 1) {
      recent[2] = recent[1];
    }
    if (which > 0) {
      recent[1] = recent[0];
      recent[0] = distance;
    }
    return distance;
  }

  private Fse table(
      int mode, @Nullable Fse before, int accuracy, short[] known, int most, int symbols, int to)
      throws Malformed {
    return switch (mode) {
      case 0 -> Fse.of(accuracy, known);
      case 1 -> {
        int symbol = in[at++] & 0xff;
        require(symbol <= symbols);
        yield Fse.only(symbol);
      }
      case 2 -> {
        Fse.Read read = Fse.read(in, at, to, most, symbols);
        at = read.at();
        yield read.table();
      }
      default -> {
        if (before == null) {
          throw new Malformed("zstd: no table to repeat");
        }
        yield before;
      }
    };
  }

  private long number(int bytes) throws Malformed {
    require(end - at >= bytes);
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (in[at++] & 0xffL) << (8 * i);
    }
    return number;
  }
}
