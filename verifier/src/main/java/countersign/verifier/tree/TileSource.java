package countersign.verifier.tree;

import java.io.IOException;

/** Where tiles are read from: a table, files, a bundle. */
@FunctionalInterface
public interface TileSource {

  /**
   * Reads a tile.
   *
   * @param tile which; a source that only keeps the full one in its place may answer with that
   * @return its hashes, 32 bytes each: {@code tile.width()} of them, or more, of which the first
   *     are meant
   * @throws IOException when it is not there or cannot be read
   */
  byte[] read(Tile tile) throws IOException;
}
