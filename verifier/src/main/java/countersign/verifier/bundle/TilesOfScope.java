package countersign.verifier.bundle;

import countersign.verifier.tree.Tile;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which tiles a bundle carries: all that its leaves lie in, with everything above them and the
 * right edge, so that the root can be made again from them; and the last ones of the log, so that
 * who kept a checkpoint of late can see that the log only grew since.
 */
final class TilesOfScope {
  /** Tiles of level 0 at the end of the log: 16,384 leaves, half a megabyte. */
  private static final int LAST = 64;

  private final Set<Long> touched = new TreeSet<>();

  /** The bundle has the leaf at this position. */
  void add(long position) {
    touched.add(position / Tile.FULL);
  }

  /** The tiles for a tree of that size, sorted. */
  Set<Tile> of(long size) {
    Set<Tile> tiles = new TreeSet<>();
    long last = (size - 1) / Tile.FULL;
    for (long index = Math.max(0, last - LAST + 1); index <= last; index++) {
      touched.add(index);
    }
    Set<Long> level = touched;
    for (int l = 0; size >>> (Tile.HEIGHT * l) > 0; l++) {
      long hashes = size >>> (Tile.HEIGHT * l);
      if (hashes % Tile.FULL != 0) {
        tiles.add(Tile.holding(l, hashes - 1, size));
      }
      Set<Long> above = new TreeSet<>();
      for (long index : level) {
        // A leaf beyond the full tiles of a level lies in the partial one, which is there already.
        if (index * Tile.FULL < hashes) {
          tiles.add(Tile.holding(l, index * Tile.FULL, size));
          above.add(index / Tile.FULL);
        }
      }
      level = above;
      if (l == 7) {
        break;
      }
    }
    return tiles;
  }
}
