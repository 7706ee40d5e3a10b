package countersign.log;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the stored events stand against what was signed.
 *
 * @param state {@code problem} while there is one; {@code checking} until the stored events were
 *     once verified from the first to the last that is signed; else {@code ok}
 * @param problems what is wrong, the first known one first; at most 20
 * @param log origin of the log
 * @param size events that the tree holds
 * @param signedSize events that the newest checkpoint covers, 0 for none
 * @param signedAt when it was signed, null for none
 * @param verified events verified in the pass that runs or ran last
 * @param verifiedAt when a pass last reached the end, null for never
 * @param needed how many witnesses must cosign
 * @param witnesses each witness and how it stands
 * @param stampedSize size of the checkpoint that was stamped last, 0 for none
 */
public record Integrity(
    State state,
    List<Problem> problems,
    String log,
    long size,
    long signedSize,
    @Nullable Instant signedAt,
    long verified,
    @Nullable Instant verifiedAt,
    int needed,
    List<Witness> witnesses,
    long stampedSize) {

  public Integrity {
    problems = List.copyOf(problems);
    witnesses = List.copyOf(witnesses);
  }

  /** Whether what is stored is what was signed. */
  public enum State {
    /** Verified. */
    ok,
    /** Not yet verified since the process started. */
    checking,
    /** Something is wrong. */
    problem
  }

  /** What is wrong. */
  public enum Kind {
    /** A row is not what its own leaf hash says. */
    edited,
    /** A row and its leaf hash are whole, and not what the tree holds at that position. */
    replaced,
    /** A position is missing. */
    missing,
    /** The store holds fewer events than were signed. */
    rolledBack,
    /** The kept hashes are not those of the signed tree. */
    tree,
    /** What the signer remembers is missing or not of this log. */
    signer,
    /** A witness holds a tree that ours does not continue. */
    witness
  }

  /**
   * One thing that is wrong.
   *
   * @param position first position known to be wrong, -1 when it is the log as a whole
   * @param at when it was found
   */
  public record Problem(Kind kind, long position, String words, Instant at) {}

  /**
   * A witness.
   *
   * @param name its key's name, or its address while the key is not known
   * @param size events that the last checkpoint it cosigned covers, 0 for none
   * @param at when it cosigned, null for never
   * @param trouble why it did not cosign the newest, empty when it did
   */
  public record Witness(String name, long size, @Nullable Instant at, String trouble) {}
}
