package countersign.store;

import countersign.store.sealing.Envelope;
import countersign.verifier.Leaf;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the log as it stands there, nothing opened.
 *
 * @param leaf made again from the row's own columns
 * @param clear the stored JSON, exactly
 * @param sealed the stored sealed bytes, exactly; empty also when they were not asked for
 * @param keyId names the key that its own is derived from, null when nothing is sealed
 */
public record StoredRow(
    long position, Leaf leaf, byte[] clear, byte[] sealed, @Nullable UUID keyId) {

  Envelope envelope() {
    return new Envelope(leaf.id(), leaf.type(), leaf.version(), leaf.session(), leaf.sessionSeq());
  }
}
