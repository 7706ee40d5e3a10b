package countersign.log;

import countersign.log.Integrity.Kind;
import countersign.store.LogRows;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileNodes;
import countersign.verifier.tree.TileSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares stored events with the tree that was signed: every row's leaf is made again from the
 * row's own columns, and compared with the hash beside it and with the one the tree keeps; from
 * these leaves the tree is made again, and its root compared with the checkpoint's. So an edited
 * row is found by itself, and a row that was made anew with its hash by the tree.
 */
public final class Verification {
  /** Rows that are looked at together. */
  public static final int STEP = 4 * Tile.FULL;

  private final LogRows rows;
  private final TileSource tiles;
  private final Checkpoint checkpoint;
  private final TileNodes nodes;
  private Edge edge = Edge.EMPTY;
  private long verified;

  /**
   * Verifies against a checkpoint, whose signature is checked by who gives it.
   *
   * @param tiles hashes of a tree that is at least as large
   */
  public Verification(LogRows rows, TileSource tiles, Checkpoint checkpoint) {
    this.rows = rows;
    this.tiles = tiles;
    this.checkpoint = checkpoint;
    this.nodes = new TileNodes(checkpoint.size(), tiles);
  }

  /**
   * The first thing that is wrong.
   *
   * @param position first position known to be wrong, -1 when it is the log as a whole
   */
  public record Finding(Kind kind, long position, String words) {}

  /** Events found right so far. */
  public long verified() {
    return verified;
  }

  /** Whether everything up to the checkpoint was looked at. */
  public boolean finished() {
    return verified >= checkpoint.size();
  }

  /** Whether the kept hashes give the checkpoint's root, and the store holds as many events. */
  public Optional<Finding> head() throws SQLException {
    long stored = rows.size();
    if (stored < checkpoint.size()) {
      return Optional.of(
          new Finding(
              Kind.rolledBack,
              stored,
              "the store holds %d events, and %d were signed: the newest %d are gone"
                  .formatted(stored, checkpoint.size(), checkpoint.size() - stored)));
    }
    try {
      Hash root = Proofs.root(checkpoint.size(), nodes);
      return root.equals(checkpoint.root())
          ? Optional.empty()
          : Optional.of(
              new Finding(
                  Kind.tree,
                  -1,
                  "the kept hashes give the root %s for %d events, and %s was signed"
                      .formatted(root, checkpoint.size(), checkpoint.root())));
    } catch (IOException e) {
      return Optional.of(new Finding(Kind.tree, -1, "the kept hashes: " + e.getMessage()));
    }
  }

  /**
   * Verifies the next rows, at most {@link #STEP}; finds the first that is wrong. With the last of
   * them the root that the rows give is compared with the checkpoint's.
   */
  public Optional<Finding> step() throws SQLException {
    int most = (int) Math.min(STEP, checkpoint.size() - verified);
    List<LogRows.Row> found;
    try {
      found = rows.rows(verified, most);
    } catch (SQLException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return Optional.of(new Finding(Kind.edited, verified, String.valueOf(e.getMessage())));
      }
      throw e;
    }
    List<Hash> made = new ArrayList<>(most);
    for (int at = 0; at < most; at += Tile.FULL) {
      Optional<Finding> wrong = tile(found, at, Math.min(Tile.FULL, most - at), made);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    Edge.Growth growth = edge.grow(made);
    Optional<Finding> wrong = above(growth);
    if (wrong.isEmpty()) {
      edge = growth.edge();
      verified += most;
      if (finished() && !edge.root().equals(checkpoint.root())) {
        return Optional.of(
            new Finding(
                Kind.replaced,
                -1,
                "the stored events give the root %s, and %s was signed"
                    .formatted(edge.root(), checkpoint.root())));
      }
    }
    return wrong;
  }

  private Optional<Finding> tile(List<LogRows.Row> found, int at, int width, List<Hash> made) {
    Tile tile = new Tile(0, (verified + at) / Tile.FULL, width);
    byte[] kept;
    try {
      kept = tiles.read(tile);
    } catch (IOException e) {
      return unread(verified + at, e);
    }
    for (int i = 0; i < width; i++) {
      long position = verified + at + i;
      LogRows.Row row = at + i < found.size() ? found.get(at + i) : null;
      if (row == null || row.position() != position) {
        return Optional.of(
            new Finding(Kind.missing, position, "no event stands at position " + position));
      }
      byte[] hash = row.leaf().hash();
      if (!Arrays.equals(hash, row.stored())) {
        return Optional.of(edited(row, hash));
      }
      int from = i * Hash.LENGTH;
      if (!Arrays.equals(hash, 0, Hash.LENGTH, kept, from, from + Hash.LENGTH)) {
        return Optional.of(differs(row, hash, tile, kept, from));
      }
      made.add(Hash.of(hash));
    }
    return Optional.empty();
  }

  private static Finding edited(LogRows.Row row, byte[] made) {
    return new Finding(
        Kind.edited,
        row.position(),
        "event %s (%s) was changed: its columns give the leaf %s, the row says %s"
            .formatted(row.leaf().id(), row.leaf().type(), brief(made, 0), brief(row.stored(), 0)));
  }

  /** Either the row is another, or the kept hash is: the level above tells. */
  private Finding differs(LogRows.Row row, byte[] made, Tile tile, byte[] kept, int from) {
    if (tile.full() && !rootOf(kept).equals(parent(tile))) {
      return new Finding(
          Kind.tree, row.position(), "the kept hashes of " + tile.path() + " were changed");
    }
    return new Finding(
        Kind.replaced,
        row.position(),
        "event %s (%s) is not the one that was signed: its leaf is %s, the tree holds %s"
            .formatted(row.leaf().id(), row.leaf().type(), brief(made, 0), brief(kept, from)));
  }

  private static Hash rootOf(byte[] tile) {
    List<Hash> hashes = new ArrayList<>();
    for (int at = 0; at < tile.length; at += Hash.LENGTH) {
      hashes.add(Hash.of(Arrays.copyOfRange(tile, at, at + Hash.LENGTH)));
    }
    return Edge.EMPTY.grow(hashes).edge().root();
  }

  private @Nullable Hash parent(Tile tile) {
    int inside = (int) (tile.index() % Tile.FULL);
    try {
      byte[] level = tiles.read(new Tile(tile.level() + 1, tile.index() / Tile.FULL, inside + 1));
      return Hash.of(Arrays.copyOfRange(level, inside * Hash.LENGTH, (inside + 1) * Hash.LENGTH));
    } catch (IOException notThere) {
      return null;
    }
  }

  /** Tiles above the leaves that the rows complete must be the kept ones: proofs come from them. */
  private Optional<Finding> above(Edge.Growth growth) {
    for (Edge.Kept complete : growth.complete()) {
      Tile tile = complete.tile();
      try {
        if (tile.level() > 0 && !Arrays.equals(complete.bytes(), tiles.read(tile))) {
          return Optional.of(
              new Finding(Kind.tree, -1, "the kept hashes of " + tile.path() + " were changed"));
        }
      } catch (IOException e) {
        return unread(-1, e);
      }
    }
    return Optional.empty();
  }

  private static Optional<Finding> unread(long position, IOException e) {
    return Optional.of(new Finding(Kind.tree, position, "the kept hashes: " + e.getMessage()));
  }

  private static String brief(byte[] hash, int from) {
    return HexFormat.of().formatHex(hash, from, Math.min(from + 6, hash.length)) + "…";
  }
}
