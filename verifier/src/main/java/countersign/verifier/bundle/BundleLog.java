package countersign.verifier.bundle;

import countersign.verifier.note.Note;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.TileSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The log behind a bundle, at one checkpoint.
 *
 * @param key of the log
 * @param checkpoint signed by the log, with the cosignatures there are; its tree holds every event
 *     of the bundle
 * @param tiles of that tree: full ones and the partial ones of its size
 * @param earlier checkpoints that the log signed before, smallest first: for each of them the
 *     bundle proves that the log only grew since; the first also counts as the one at the start
 * @param policy text of the log's own policy (witnesses, quorum), for information
 * @param timestamp of the checkpoint, when there is one
 * @param statement signs the manifest with the log's key: gets the bytes of DSSE's
 *     pre-authentication encoding, answers 64 bytes of Ed25519; called once, from the thread that
 *     finishes
 */
public record BundleLog(
    VerifierKey key,
    Note checkpoint,
    TileSource tiles,
    List<Note> earlier,
    Optional<String> policy,
    Optional<Timestamp> timestamp,
    UnaryOperator<byte[]> statement) {

  public BundleLog {
    earlier = List.copyOf(earlier);
  }

  /**
   * A timestamp of RFC 3161 over the checkpoint's file, signatures and all.
   *
   * @param response the DER of the authority's response, SHA-256 as digest
   * @param chain certificates of the authority in PEM: the one that signed, and what is known of
   *     who vouches for it
   */
  public record Timestamp(byte[] response, String chain) {}
}
