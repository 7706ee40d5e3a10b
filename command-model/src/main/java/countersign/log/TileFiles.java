package countersign.log;

import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The hashes of the tree, outside of the database: one file for each level of tiles, {@code
 * level-0} with the leaf hashes, one hash after the other. So a tile is a range of bytes, a partial
 * tile the beginning of one, and growing a tree by any number of leaves costs one sync of a file a
 * level. They can be made again from the rows; only what is compared with a signed root counts.
 *
 * <p>One thread writes; any thread reads what was written before.
 */
final class TileFiles implements TileSource, AutoCloseable {
  private static final int TILE = Tile.FULL * Hash.LENGTH;

  private final Path directory;
  private final boolean writes;
  private volatile List<FileChannel> levels = List.of();

  private TileFiles(Path directory, boolean writes) {
    this.directory = directory;
    this.writes = writes;
  }

  /** Opens the files of a directory, making them as they are needed. */
  static TileFiles open(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new TileFiles(directory, true).existing();
  }

  /** Opens the files of a directory to read them, also while another process writes. */
  static TileFiles read(Path directory) throws IOException {
    return new TileFiles(directory, false).existing();
  }

  private TileFiles existing() throws IOException {
    while (Files.exists(file(levels.size()))) {
      add();
    }
    return this;
  }

  private Path file(int level) {
    return directory.resolve("level-" + level);
  }

  private void add() throws IOException {
    List<FileChannel> more = new ArrayList<>(levels);
    Path file = file(levels.size());
    more.add(
        writes
            ? FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(file, StandardOpenOption.READ));
    levels = List.copyOf(more);
  }

  /** Writes tiles to their places. */
  void write(Edge.Growth growth) throws IOException {
    for (Edge.Kept kept : growth.complete()) {
      write(kept);
    }
    for (Edge.Kept kept : growth.partial()) {
      write(kept);
    }
  }

  private void write(Edge.Kept kept) throws IOException {
    Tile tile = kept.tile();
    while (levels.size() <= tile.level()) {
      add();
    }
    ByteBuffer bytes = ByteBuffer.wrap(kept.bytes());
    long at = tile.index() * TILE;
    while (bytes.hasRemaining()) {
      at += levels.get(tile.level()).write(bytes, at);
    }
  }

  /** What was written is on disk when this returns. */
  void force() throws IOException {
    for (FileChannel level : levels) {
      level.force(false);
    }
  }

  /** Forgets what is beyond a tree of that size. */
  void truncate(long size) throws IOException {
    long hashes = size;
    for (FileChannel level : levels) {
      level.truncate(hashes * Hash.LENGTH);
      hashes /= Tile.FULL;
    }
  }

  @Override
  public byte[] read(Tile tile) throws IOException {
    List<FileChannel> now = levels;
    if (tile.level() >= now.size()) {
      throw new IOException(tile.path() + ": not there");
    }
    ByteBuffer bytes = ByteBuffer.allocate(tile.width() * Hash.LENGTH);
    long at = tile.index() * TILE;
    while (bytes.hasRemaining()) {
      int read = now.get(tile.level()).read(bytes, at + bytes.position());
      if (read < 0) {
        throw new IOException(
            tile.path()
                + ": "
                + bytes.position()
                + " bytes (expected: "
                + tile.width()
                + " hashes)");
      }
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    for (FileChannel level : levels) {
      level.close();
    }
  }
}
