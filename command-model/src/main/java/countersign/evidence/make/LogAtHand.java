package countersign.evidence.make;

import countersign.verifier.bundle.BundleLog;
import countersign.verifier.tree.TileSource;
import java.util.Optional;

/** The signed log that bundles are proven against. Thread-safe; reads files, so it blocks. */
public interface LogAtHand extends TileSource {

  /** The log's verification key, {@code origin+hash+key}. */
  String vkey();

  /** The newest checkpoint with the lines of its witnesses; empty before the first. */
  Optional<String> checkpoint();

  /** Whether as many witnesses cosigned a checkpoint as must; true where none must. */
  boolean cosigned(String checkpoint);

  /**
   * Signs a statement with the log's key.
   *
   * @param statement the pre-authentication encoding of a DSSE envelope; anything else is refused
   * @return 64 bytes of Ed25519
   */
  byte[] sign(byte[] statement);

  /**
   * Has a checkpoint stamped by a time stamping authority (RFC 3161); waits a bounded time.
   *
   * @param checkpoint the note whose UTF-8 bytes are stamped
   * @return empty when there is no authority, or it does not answer as it should
   */
  Optional<BundleLog.Timestamp> stamp(String checkpoint) throws InterruptedException;

  /** The text of the log's own policy (c2sp.org/tlog-policy), for information; empty for none. */
  Optional<String> policy();
}
