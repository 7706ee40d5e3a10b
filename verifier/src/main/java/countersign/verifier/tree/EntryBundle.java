package countersign.verifier.tree;

import countersign.verifier.Malformed;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The entries below a tile of level 0 (c2sp.org/tlog-tiles): each with its length before it, 16
 * bits big-endian.
 */
public final class EntryBundle {
  private static final int LONGEST = 0xffff;

  private EntryBundle() {}

  /** Writes entries, each of 65,535 bytes at most and 256 of them at most. */
  public static byte[] write(List<byte[]> entries) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      if (entry.length > LONGEST || entries.size() > Tile.FULL) {
        throw new IllegalArgumentException(
            "entry: " + entry.length + " bytes (expected: <= 65535, 256 entries at most)");
      }
      bundle.write(entry.length >>> 8);
      bundle.write(entry.length);
      bundle.writeBytes(entry);
    }
    return bundle.toByteArray();
  }

  /** Reads entries. */
  public static List<byte[]> read(byte[] bundle) throws Malformed {
    List<byte[]> entries = new ArrayList<>();
    int at = 0;
    while (at < bundle.length) {
      int from = at + 2;
      int to =
          from <= bundle.length ? from + (bundle[at] & 255) * 256 + (bundle[at + 1] & 255) : -1;
      if (to < from || to > bundle.length || entries.size() == Tile.FULL) {
        throw new Malformed("entries: cut off (expected: at most 256 entries with their lengths)");
      }
      entries.add(Arrays.copyOfRange(bundle, from, to));
      at = to;
    }
    return entries;
  }
}
