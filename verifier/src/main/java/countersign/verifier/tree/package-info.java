/**
 * The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashes, proofs, and its keeping in tiles
 * (c2sp.org/tlog-tiles).
 */
@NullMarked
package countersign.verifier.tree;

import org.jspecify.annotations.NullMarked;
