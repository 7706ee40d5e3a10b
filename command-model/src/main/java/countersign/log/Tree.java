package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.Signer;
import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Nodes;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tree and what was signed of it, in a directory outside of the database:
 *
 * <pre>
 * level-0, level-1, …   hashes, see {@link TileFiles}
 * signed                the newest checkpoint that was signed: written and synced before the
 *                       signature leaves the process
 * </pre>
 *
 * <p>It never signs a tree that is smaller than the signed one or does not continue it. One thread
 * grows and signs; any thread reads up to {@link #signedSize}.
 */
final class Tree implements AutoCloseable {
  private static final String SIGNED = "signed";

  private final Path directory;
  private final Signer signer;
  private final TileFiles files;
  private volatile Edge edge = Edge.EMPTY;
  private volatile @Nullable Signed signed;
  private volatile int opened;

  /** A checkpoint that was signed. */
  record Signed(Checkpoint checkpoint, String note) {}

  private Tree(Path directory, Signer signer, TileFiles files) {
    this.directory = directory;
    this.signer = signer;
    this.files = files;
  }

  /**
   * Opens the tree of a directory, as large as it was signed; what was kept beyond is forgotten.
   *
   * @throws IOException when what was signed is not readable or not of this signer
   */
  static Tree open(Path directory, Signer signer) throws IOException {
    TileFiles files = TileFiles.open(directory);
    Tree tree = new Tree(directory, signer, files);
    try {
      Optional<String> note = DurableText.read(directory.resolve(SIGNED));
      if (note.isPresent()) {
        tree.signed = parse(directory.resolve(SIGNED), note.get(), signer);
      }
      return tree;
    } catch (IOException e) {
      files.close();
      throw e;
    }
  }

  private static Signed parse(Path file, String text, Signer signer) throws IOException {
    try {
      Note note = Note.parse(text);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (!note.signedBy(signer.verifier())
          || !checkpoint.origin().equals(signer.verifier().name())) {
        throw new IOException(
            file + ": not signed by this log's key (expected: " + signer.verifier() + ")");
      }
      return new Signed(checkpoint, text);
    } catch (Malformed e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a directory holds what some log signed. */
  static boolean remembers(Path directory) {
    return Files.exists(directory.resolve(SIGNED));
  }

  /**
   * Takes the kept hashes up to the signed size as the tree, if they give the signed root.
   *
   * @return false when they do not, as after a power loss: then the tree is empty, to be made again
   */
  boolean resume() throws IOException {
    Signed last = signed;
    edge = Edge.EMPTY;
    if (last != null) {
      try {
        Edge kept = Edge.read(last.checkpoint().size(), files);
        if (!kept.root().equals(last.checkpoint().root())) {
          forget();
          return false;
        }
        edge = kept;
      } catch (IOException notAllThere) {
        forget();
        return false;
      }
    }
    files.truncate(edge.size());
    return true;
  }

  private void forget() throws IOException {
    if (opened > 0) {
      opened++;
    }
    files.truncate(0);
  }

  /**
   * How often the tree was compared with the store, counted again when its hashes were made anew: 0
   * as long as nobody may rely on them.
   */
  int opened() {
    return opened;
  }

  /** The hashes up to the signed size may be relied on. */
  void open() {
    if (opened == 0) {
      opened = 1;
    }
  }

  /** Adds leaves on the right; not yet durable. */
  void grow(byte[] hashes) throws IOException {
    List<Hash> leaves = new ArrayList<>(hashes.length / Hash.LENGTH);
    for (int at = 0; at < hashes.length; at += Hash.LENGTH) {
      leaves.add(Hash.of(Arrays.copyOfRange(hashes, at, at + Hash.LENGTH)));
    }
    Edge.Growth growth = edge.grow(leaves);
    files.write(growth);
    edge = growth.edge();
  }

  /** Number of leaves. */
  long size() {
    return edge.size();
  }

  /** Number of leaves that are signed for; 0 for none. */
  long signedSize() {
    Signed last = signed;
    return last == null ? 0 : last.checkpoint().size();
  }

  /** What was signed last; null for nothing. */
  @Nullable Signed signed() {
    return signed;
  }

  /** Whether this tree continues the signed one. */
  boolean continuesSigned() throws IOException {
    Signed last = signed;
    return last == null
        || edge.size() >= last.checkpoint().size()
            && root(last.checkpoint().size()).equals(last.checkpoint().root());
  }

  /**
   * Signs the tree as it is. What is signed is on disk, with the hashes below it, before this
   * returns.
   *
   * @throws IllegalStateException when it does not continue what was signed before
   */
  Signed sign(Instant now) throws IOException {
    if (!continuesSigned()) {
      throw new IllegalStateException(
          "size: " + edge.size() + " (expected: a tree that continues the signed one)");
    }
    files.force();
    Checkpoint checkpoint = new Checkpoint(signer.verifier().name(), edge.size(), edge.root());
    String text = checkpoint.text();
    Note note = new Note(text, List.of(signer.sign(text, now)));
    Signed made = new Signed(checkpoint, note.toString());
    DurableText.write(directory.resolve(SIGNED), made.note());
    signed = made;
    return made;
  }

  /** The root of the first leaves. */
  Hash root(long size) throws IOException {
    return Proofs.root(size, nodes());
  }

  /** Hashes of this tree; for one thread. */
  Nodes nodes() {
    return new TileNodes(edge.size(), files);
  }

  /** A tile's hashes. */
  byte[] read(Tile tile) throws IOException {
    return files.read(tile);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
