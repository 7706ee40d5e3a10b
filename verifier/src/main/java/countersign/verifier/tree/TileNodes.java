package countersign.verifier.tree;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hashes of a tree of one size, read from its tiles. It believes the tiles: compare a root that
 * was made from them with a signed one before using a proof. The tiles used last are kept, hashed
 * up, in a bounded number. Not thread-safe.
 */
public final class TileNodes implements Nodes {
  private static final int KEPT = 64;
  private final long size;
  private final TileSource source;
  private final Map<Tile, Hash[]> kept =
      new LinkedHashMap<>(KEPT * 2, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Tile, Hash[]> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Reads the tiles of a tree of that size.
   *
   * @param size number of leaves; no node beyond is asked for
   */
  public TileNodes(long size, TileSource source) {
    this.size = size;
    this.source = source;
  }

  @Override
  public Hash node(int level, long index) throws IOException {
    if (level < 0 || level > 62 || index < 0 || index >= size >>> level) {
      throw new IllegalArgumentException(
          "node: "
              + level
              + "/"
              + index
              + " (expected: a complete subtree of "
              + size
              + " leaves)");
    }
    int inside = level % Tile.HEIGHT;
    Tile tile = Tile.holding(level / Tile.HEIGHT, index << inside, size);
    Hash[] tree = kept.get(tile);
    if (tree == null) {
      tree = tree(tile, source.read(tile));
      kept.put(tile, tree);
    }
    long first = tile.index() * (Tile.FULL >> inside);
    // As a heap: the root at 1, the hashes of the tile from 256.
    return tree[(Tile.FULL >> inside) + (int) (index - first)];
  }

  private static Hash[] tree(Tile tile, byte[] bytes) throws IOException {
    if (bytes.length < tile.width() * Hash.LENGTH || bytes.length % Hash.LENGTH != 0) {
      throw new IOException(
          tile.path() + ": " + bytes.length + " bytes (expected: " + tile.width() + " hashes)");
    }
    Hash[] tree = new Hash[2 * Tile.FULL];
    for (int i = 0; i < tile.width(); i++) {
      tree[Tile.FULL + i] = Hash.at(bytes, i * Hash.LENGTH);
    }
    int width = tile.width() / 2;
    for (int row = Tile.FULL / 2; row > 0; row /= 2) {
      for (int i = 0; i < width; i++) {
        tree[row + i] = Hash.node(tree[2 * (row + i)], tree[2 * (row + i) + 1]);
      }
      width /= 2;
    }
    return tree;
  }

  /** The root of a full tile's bytes: what stands for it in the level above. */
  public static Hash rootOf(byte[] bytes) {
    Hash[] row = new Hash[Tile.FULL];
    for (int i = 0; i < row.length; i++) {
      row[i] = Hash.at(bytes, i * Hash.LENGTH);
    }
    for (int width = Tile.FULL / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        row[i] = Hash.node(row[2 * i], row[2 * i + 1]);
      }
    }
    return row[0];
  }
}
