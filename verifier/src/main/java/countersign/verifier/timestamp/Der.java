package countersign.verifier.timestamp;

import countersign.verifier.Malformed;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A value in DER, as a piece of the bytes it was read from. Lengths are bounded by those bytes, the
 * number of values in one by {@link #MOST}.
 *
 * @param start where its tag stands
 * @param from where its content begins
 * @param to where it ends, exclusive
 */
record Der(byte[] in, int start, int from, int to) {
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int OBJECT = 0x06;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int EXPLICIT_0 = 0xa0;

  private static final int MOST = 64;

  /** Reads the one value that fills the bytes. */
  static Der one(byte[] bytes, int tag) throws Malformed {
    Der der = read(bytes, 0, bytes.length);
    require(der.to == bytes.length);
    return der.of(tag);
  }

  int tag() {
    return in[start] & 0xff;
  }

  /** This, if it has the tag. */
  Der of(int tag) throws Malformed {
    require(tag() == tag);
    return this;
  }

  /** The values in it. */
  List<Der> values() throws Malformed {
    List<Der> found = new ArrayList<>();
    for (int at = from; at < to; at = found.getLast().to) {
      require(found.size() < MOST);
      found.add(read(in, at, to));
    }
    return found;
  }

  /** One of the values in it, with this tag. */
  Der at(int index, int tag) throws Malformed {
    return at(values(), index).of(tag);
  }

  static Der at(List<Der> values, int index) throws Malformed {
    require(index < values.size());
    return values.get(index);
  }

  byte[] content() {
    return Arrays.copyOfRange(in, from, to);
  }

  /** With tag and length. */
  byte[] encoded() {
    return Arrays.copyOfRange(in, start, to);
  }

  BigInteger number() throws Malformed {
    require(tag() == INTEGER && to > from && to - from <= MOST);
    return new BigInteger(content());
  }

  /** The content of an object identifier, in hex. */
  String object() throws Malformed {
    return HexFormat.of().formatHex(of(OBJECT).content());
  }

  private static Der read(byte[] in, int start, int end) throws Malformed {
    require(end - start >= 2);
    int length = in[start + 1] & 0xff;
    int from = start + 2;
    if (length > 127) {
      int octets = length & 127;
      require(octets >= 1 && octets <= 3 && end - from >= octets);
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | in[from++] & 0xff;
      }
    }
    require(length <= end - from);
    return new Der(in, start, from, from + length);
  }

  static void require(boolean holds) throws Malformed {
    if (!holds) {
      throw new Malformed("timestamp: not a response of RFC 3161 with SHA-256");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Der der && Arrays.equals(encoded(), der.encoded());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded());
  }

  @Override
  public String toString() {
    return "Der[tag=%02x, %d bytes]".formatted(tag(), to - from);
  }
}
