package countersign.wire.postgres;

import java.util.List;
import java.util.Random;

/** Changes bytes as a fuzzer does: flips, cuts, doubles, splices, and lengths that lie. */
final class Mutation {
  private static final int[] LENGTHS = {
    0, 1, 3, 4, 5, 8, 255, 10_000, 10_001, 65_535, 0x3fff_ffff, 0x7fff_ffff, -1, -4, 0x8000_0000
  };

  private final Random random;
  private final List<byte[]> seeds;

  Mutation(Random random, List<byte[]> seeds) {
    this.random = random;
    this.seeds = seeds;
  }

  byte[] next() {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    for (int i = random.nextInt(6); i >= 0; i--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> {
        if (at + 4 <= bytes.length) {
          int value = LENGTHS[random.nextInt(LENGTHS.length)] + random.nextInt(3) - 1;
          for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >>> 24 - 8 * i);
          }
        }
      }
      case 3 -> {
        return joined(bytes, at, bytes, at + length); // cut
      }
      case 4 -> {
        return joined(bytes, at + length, bytes, at); // double
      }
      default -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        return joined(bytes, at, other, other.length == 0 ? 0 : random.nextInt(other.length));
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] head, int headLength, byte[] tail, int tailFrom) {
    byte[] all = new byte[headLength + tail.length - tailFrom];
    System.arraycopy(head, 0, all, 0, headLength);
    System.arraycopy(tail, tailFrom, all, headLength, tail.length - tailFrom);
    return all;
  }
}
