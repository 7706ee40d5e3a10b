package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileNodes;
import countersign.verifier.tree.TileSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tiles of a bundle, each joined to the checkpoint's root before anything is read from it. */
final class Tiles implements TileSource {
  private static final int KEPT = 64;
  private static final String BELOW = "log/";
  private final ZipReader zip;
  private final long size;
  private final Set<Tile> joined = new HashSet<>();
  private final Map<Tile, byte[]> kept =
      new LinkedHashMap<>(KEPT * 2, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Tile, byte[]> eldest) {
          return size() > KEPT;
        }
      };

  /** Joins every tile of the bundle. */
  Tiles(ZipReader zip, Checkpoint head) throws IOException, Malformed {
    this.zip = zip;
    this.size = head.size();
    if (size == 0 || !Edge.read(size, this::content).root().equals(head.root())) {
      throw new Malformed("tiles: the right edge does not make the checkpoint's root");
    }
    Set<Tile> tiles = new TreeSet<>();
    for (String name : zip.entries().keySet()) {
      if (name.startsWith(BELOW + "tile/")) {
        Tile.Named named = Tile.parse(name.substring(BELOW.length()));
        Tile tile = named.tile();
        long hashes = tile.index() * Tile.FULL;
        boolean exists = hashes < size >>> (Tile.HEIGHT * tile.level());
        if (named.entries() || !exists || !Tile.holding(tile.level(), hashes, size).equals(tile)) {
          throw new Malformed("tile", name, "one of a tree of " + size + " leaves");
        }
        tiles.add(tile);
      }
    }
    for (Tile tile : tiles) {
      join(tile);
    }
  }

  /** A partial tile is part of the edge; a full one is a hash of the tile above it. */
  private void join(Tile tile) throws IOException, Malformed {
    if (joined.contains(tile)) {
      return;
    }
    if (tile.full()) {
      Tile above = Tile.holding(tile.level() + 1, tile.index(), size);
      join(above);
      int at = (int) (tile.index() - above.index() * Tile.FULL);
      Hash expected = hash(content(above), at);
      if (!TileNodes.rootOf(content(tile)).equals(expected)) {
        throw new Malformed(tile.path() + ": not the tile that the one above it commits to");
      }
    }
    joined.add(tile);
  }

  @Override
  public byte[] read(Tile tile) throws IOException {
    if (!joined.contains(tile)) {
      throw new ZipReader.Damaged(BELOW + tile.path() + ": absent (expected: in the bundle)");
    }
    return content(tile);
  }

  /** The hash of a leaf. */
  Hash leaf(long position) throws IOException {
    return hash(read(Tile.holding(0, position, size)), (int) (position % Tile.FULL));
  }

  private byte[] content(Tile tile) throws IOException {
    byte[] bytes = kept.get(tile);
    if (bytes == null) {
      int length = tile.width() * Hash.LENGTH;
      bytes = zip.bytes(BELOW + tile.path(), length);
      if (bytes.length != length) {
        throw new ZipReader.Damaged(tile.path() + ": " + bytes.length + " bytes");
      }
      kept.put(tile, bytes);
    }
    return bytes;
  }

  private static Hash hash(byte[] tile, int at) {
    return Hash.of(java.util.Arrays.copyOfRange(tile, at * Hash.LENGTH, (at + 1) * Hash.LENGTH));
  }
}
