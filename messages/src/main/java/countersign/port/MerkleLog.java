package countersign.port;

import countersign.log.Integrity;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The Merkle log over all events, as auditors and witnesses read it (C2SP tlog-tiles): the leaf of
 * position <i>n</i> is the event at position <i>n</i>. Only what a checkpoint covers is given.
 *
 * <p>Thread-safe. Tiles come from files, which takes microseconds: not for event loops.
 */
public interface MerkleLog {
  /** Hashes of a full tile. */
  int WIDTH = 256;

  /** The log's verification key as C2SP signed notes write it: {@code origin+hash+key}. */
  String vkey();

  /**
   * The newest checkpoint, a C2SP signed note: the log's signature and the lines of the witnesses
   * that cosigned; empty before the first.
   */
  Optional<String> checkpoint();

  /**
   * Hashes of a tile.
   *
   * @param level 0 for leaf hashes, to 7
   * @param index which tile of the level, from 0
   * @param width how many of its hashes, 1 to 256
   * @return {@code width} × 32 bytes; empty when no checkpoint covers them all
   */
  Optional<byte[]> tile(int level, long index, int width);

  /**
   * Leaves' own bytes, each after its length as two bytes, big-endian.
   *
   * @param index which 256 leaves, from 0
   * @param width how many of them, 1 to 256
   * @return empty when no checkpoint covers them all; exceptionally with {@link AppendRefused} when
   *     the store does not answer
   */
  CompletionStage<Optional<byte[]>> entries(long index, int width);

  /**
   * A checkpoint that a time stamping authority stamped (RFC 3161).
   *
   * @param checkpoint the note whose UTF-8 bytes were stamped
   * @param response the authority's TimeStampResp in DER
   */
  record Stamped(String checkpoint, byte[] response) {}

  /** The checkpoint that was stamped last; empty for none. */
  Optional<Stamped> stamped();

  /** How the stored events stand against what was signed; from memory. */
  Integrity integrity();
}
