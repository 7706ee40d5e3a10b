/**
 * Keeping the Merkle log: tiles behind the appends, checkpoints by one signer, witnesses and time
 * stamps, and verifying the stored events against all of it.
 */
@NullMarked
package countersign.log;

import org.jspecify.annotations.NullMarked;
