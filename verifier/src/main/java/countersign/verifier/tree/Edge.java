package countersign.verifier.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right edge of a tree: all that is needed to grow it and to know its root, at most 255 hashes
 * of each level of tiles. Immutable, so that a store keeps the old one until the new tiles are
 * durable.
 *
 * <pre>{@code
 * Edge.Growth growth = edge.grow(leafHashes);
 * store(growth.complete());             // never change again
 * store(growth.partial());              // of this size; may go when the full tile is there
 * sign(growth.edge().size(), growth.edge().root());
 * edge = growth.edge();
 * }</pre>
 */
public final class Edge {
  /** The edge of the tree without leaves. */
  public static final Edge EMPTY = new Edge(0, List.of());

  private final long size;

  /** The partial tile of each level, lowest first; an empty one where the level is even. */
  private final List<byte[]> partial;

  private Edge(long size, List<byte[]> partial) {
    this.size = size;
    this.partial = partial;
  }

  /**
   * A tile to keep.
   *
   * @param tile its name
   * @param bytes its hashes, 32 bytes each; the receiver's own
   */
  public record Kept(Tile tile, byte[] bytes) {}

  /**
   * What growing made.
   *
   * @param edge the edge of the larger tree
   * @param complete the tiles that became full, lower levels and lower indexes first
   * @param partial the partial tiles of the larger tree, all of them, lowest level first
   */
  public record Growth(Edge edge, List<Kept> complete, List<Kept> partial) {}

  /**
   * Reads the edge of a tree from its tiles. It believes them: compare {@link #root} with what was
   * signed.
   *
   * @param size number of leaves
   * @throws IOException when a tile cannot be read or has another length
   */
  public static Edge read(long size, TileSource source) throws IOException {
    List<byte[]> partial = new ArrayList<>();
    int level = 0;
    for (long hashes = size; hashes > 0; hashes /= Tile.FULL, level++) {
      int width = (int) (hashes % Tile.FULL);
      if (width == 0) {
        partial.add(new byte[0]);
        continue;
      }
      Tile tile = new Tile(level, hashes / Tile.FULL, width);
      byte[] bytes = source.read(tile);
      if (bytes.length < width * Hash.LENGTH) {
        throw new IOException(
            tile.path() + ": " + bytes.length + " bytes (expected: " + width + " hashes)");
      }
      partial.add(Arrays.copyOf(bytes, width * Hash.LENGTH));
    }
    return new Edge(size, List.copyOf(partial));
  }

  /** Number of leaves. */
  public long size() {
    return size;
  }

  /** The root of the tree; costs a few dozen hashes at most. */
  public Hash root() {
    List<Hash> parts = new ArrayList<>();
    for (byte[] tile : partial.reversed()) {
      int at = 0;
      int width = tile.length / Hash.LENGTH;
      while (at < width) {
        int count = Integer.highestOneBit(width - at);
        parts.add(subtree(tile, at, count));
        at += count;
      }
    }
    return parts.isEmpty() ? Hash.EMPTY : Proofs.fold(parts);
  }

  /**
   * Adds leaves on the right.
   *
   * @param leaves hashes of the leaves, in order
   * @return the larger tree's edge and the tiles to keep; this edge stays as it is
   */
  public Growth grow(List<Hash> leaves) {
    List<Kept> complete = new ArrayList<>();
    List<byte[]> edge = new ArrayList<>();
    List<Hash> carried = leaves;
    long before = size;
    for (int level = 0; level < partial.size() || !carried.isEmpty(); level++) {
      byte[] old = level < partial.size() ? partial.get(level) : new byte[0];
      List<Hash> above = new ArrayList<>();
      edge.add(fill(level, before / Tile.FULL, old, carried, complete, above));
      carried = above;
      before /= Tile.FULL;
    }
    Edge grown = new Edge(size + leaves.size(), List.copyOf(edge));
    return new Growth(grown, List.copyOf(complete), grown.partials());
  }

  /** Fills tiles of one level; hands the roots of the full ones up and returns the partial one. */
  private static byte[] fill(
      int level, long first, byte[] old, List<Hash> hashes, List<Kept> complete, List<Hash> above) {
    byte[] tile = Arrays.copyOf(old, Tile.FULL * Hash.LENGTH);
    int used = old.length;
    long index = first;
    for (Hash hash : hashes) {
      hash.copyTo(tile, used);
      used += Hash.LENGTH;
      if (used == tile.length) {
        complete.add(new Kept(new Tile(level, index++, Tile.FULL), tile));
        above.add(TileNodes.rootOf(tile));
        tile = new byte[Tile.FULL * Hash.LENGTH];
        used = 0;
      }
    }
    return Arrays.copyOf(tile, used);
  }

  /** The partial tiles of this tree, lowest level first; levels without one are left out. */
  public List<Kept> partials() {
    List<Kept> kept = new ArrayList<>();
    long index = size;
    for (int level = 0; level < partial.size(); level++) {
      byte[] bytes = partial.get(level);
      index /= Tile.FULL;
      if (bytes.length > 0) {
        kept.add(new Kept(new Tile(level, index, bytes.length / Hash.LENGTH), bytes.clone()));
      }
    }
    return kept;
  }

  private static Hash subtree(byte[] tile, int from, int count) {
    if (count == 1) {
      return Hash.at(tile, from * Hash.LENGTH);
    }
    int half = count / 2;
    return Hash.node(subtree(tile, from, half), subtree(tile, from + half, half));
  }
}
