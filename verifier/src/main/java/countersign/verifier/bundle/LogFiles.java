package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Ed25519;
import countersign.verifier.note.Note;
import countersign.verifier.note.TlogProof;
import countersign.verifier.timestamp.Certificates;
import countersign.verifier.timestamp.TimeStamp;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.Tile;
import countersign.verifier.tree.TileNodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Writes what joins a bundle's leaves to a checkpoint. */
final class LogFiles {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PEM = "application/x-pem-file";
  private final Spool spool;
  private final TilesOfScope tiles;

  /** Positions to prove one by one; given up when they are too many. */
  private final List<Long> single = new ArrayList<>();

  private boolean prove;

  LogFiles(Spool spool, TilesOfScope tiles, boolean prove) {
    this.spool = spool;
    this.tiles = tiles;
    this.prove = prove;
  }

  /** The bundle has this leaf. */
  void leaf(long position) {
    if (prove) {
      single.add(position);
      if (single.size() > BundleWriter.MOST_PROOFS) {
        prove = false;
        single.clear();
      }
    }
  }

  /** Writes all below {@code log/} and {@code proofs/}. */
  Checkpoint write(BundleLog log, long last, Progress progress) throws IOException {
    Checkpoint head = checked(log, log.checkpoint());
    if (last < 0 || head.size() <= last) {
      throw new IOException(
          "checkpoint: "
              + head.size()
              + " leaves (expected: more than "
              + last
              + ", and an event)");
    }
    TileNodes nodes = new TileNodes(head.size(), log.tiles());
    if (!Proofs.root(head.size(), nodes).equals(head.root())) {
      throw new IOException("tiles: not those of the checkpoint of " + head.size() + " leaves");
    }
    text("log/checkpoint", log.checkpoint().toString());
    text("log/log.vkey", log.key() + "\n");
    add("log/log.pem", PEM, Ed25519.pem(log.key().key()));
    if (log.policy().isPresent()) {
      text("log/policy.txt", log.policy().get());
    }
    if (log.timestamp().isPresent()) {
      stamp(log.checkpoint(), log.timestamp().get());
    }
    earlier(log, head, nodes);
    tiles(log, head.size(), progress);
    proofs(log, head.size(), nodes, progress);
    return head;
  }

  private void stamp(Note checkpoint, BundleLog.Timestamp stamp) throws IOException {
    try {
      TimeStamp read = TimeStamp.read(stamp.response());
      byte[] chain = stamp.chain().getBytes(StandardCharsets.US_ASCII);
      if (!read.isOver(checkpoint.toString().getBytes(StandardCharsets.UTF_8))
          || !(read.signer(Certificates.pem(chain)) instanceof TimeStamp.Signer.Certified)) {
        throw new IOException("timestamp: not over the checkpoint, or not by one of the chain");
      }
    } catch (Malformed e) {
      throw new IOException(e.getMessage(), e);
    }
    spool.add(TimeCheck.RESPONSE, Role.log, "application/timestamp-reply", stamp.response());
    add(TimeCheck.CHAIN, PEM, stamp.chain());
  }

  private static Checkpoint checked(BundleLog log, Note note) throws IOException {
    try {
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (note.signedBy(log.key()) && checkpoint.origin().equals(log.key().name())) {
        return checkpoint;
      }
    } catch (Malformed e) {
      throw new IOException("checkpoint: " + e.getMessage(), e);
    }
    throw new IOException("checkpoint: not signed by " + log.key().name());
  }

  private void earlier(BundleLog log, Checkpoint head, TileNodes nodes) throws IOException {
    long before = 0;
    for (Note note : log.earlier()) {
      Checkpoint old = checked(log, note);
      if (old.size() <= before || old.size() > head.size()) {
        throw new IOException(
            "earlier checkpoint: " + old.size() + " leaves (expected: from small to large)");
      }
      List<Hash> proof = Proofs.consistency(old.size(), head.size(), nodes);
      if (!Proofs.consistent(old.size(), head.size(), old.root(), head.root(), proof)) {
        throw new IOException("earlier checkpoint of " + old.size() + " leaves: another log");
      }
      if (before == 0) {
        text("log/checkpoint-start", note.toString());
      }
      text(
          "log/consistency_" + old.size() + "_" + head.size() + ".txt",
          new AddCheckpoint(old.size(), proof, log.checkpoint()).toString());
      before = old.size();
    }
  }

  private void tiles(BundleLog log, long size, Progress progress) throws IOException {
    Set<Tile> needed = tiles.of(size);
    int done = 0;
    for (Tile tile : needed) {
      byte[] bytes = log.tiles().read(tile);
      int length = tile.width() * Hash.LENGTH;
      if (bytes.length < length) {
        throw new IOException(tile.path() + ": " + bytes.length + " bytes");
      }
      spool.add(
          "log/" + tile.path(),
          Role.log,
          "application/octet-stream",
          bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
      progress.at("tiles", ++done, needed.size());
    }
  }

  private void proofs(BundleLog log, long size, TileNodes nodes, Progress progress)
      throws IOException {
    int done = 0;
    for (long position : single) {
      List<Hash> proof = Proofs.inclusion(position, size, nodes);
      text(
          "proofs/" + position + ".tlog-proof",
          new TlogProof(position, proof, log.checkpoint()).toString());
      progress.at("proofs", ++done, single.size());
    }
  }

  private void text(String path, String content) throws IOException {
    add(path, TEXT, content);
  }

  private void add(String path, String mediaType, String content) throws IOException {
    spool.add(path, Role.log, mediaType, content.getBytes(StandardCharsets.UTF_8));
  }
}
