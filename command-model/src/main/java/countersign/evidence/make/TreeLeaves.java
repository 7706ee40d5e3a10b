package countersign.evidence.make;

import countersign.verifier.Leaf;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileSource;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The leaves that a signed tree holds. Keeps the tile that was read last. */
final class TreeLeaves {
  private final TileSource tiles;
  private final long size;
  private @Nullable Tile kept;
  private byte[] hashes = new byte[0];

  TreeLeaves(TileSource tiles, long size) {
    this.tiles = tiles;
    this.size = size;
  }

  /** How many. */
  long size() {
    return size;
  }

  /**
   * Checks that a leaf is the one that was signed for.
   *
   * @throws NotMade when it is not
   */
  void require(long position, Leaf leaf) throws IOException {
    if (position >= size) {
      throw new NotMade(
          "event at " + position + ": the checkpoint of " + size + " does not hold it");
    }
    Tile tile = Tile.holding(0, position, size);
    if (!tile.equals(kept)) {
      hashes = tiles.read(tile);
      kept = tile;
    }
    int at = (int) (position % Tile.FULL) * Hash.LENGTH;
    if (!Arrays.equals(leaf.hash(), Arrays.copyOfRange(hashes, at, at + Hash.LENGTH))) {
      throw new NotMade(
          "event at " + position + " is not the one that was signed: run countersign fsck");
    }
  }
}
