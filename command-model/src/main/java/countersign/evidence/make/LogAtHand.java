package countersign.evidence.make;

import countersign.verifier.tree.TileSource;
import java.util.Optional;

/** The signed log that bundles are proven against. Thread-safe; reads files, so it blocks. */
public interface LogAtHand extends TileSource {

  /** The log's verification key, {@code origin+hash+key}. */
  String vkey();

  /** The newest checkpoint with the lines of its witnesses; empty before the first. */
  Optional<String> checkpoint();

  /**
   * Signs a statement with the log's key.
   *
   * @param statement the pre-authentication encoding of a DSSE envelope; anything else is refused
   * @return 64 bytes of Ed25519
   */
  byte[] sign(byte[] statement);

  /** The text of the log's own policy (c2sp.org/tlog-policy), for information; empty for none. */
  Optional<String> policy();
}
