/** Decompression of Zstandard (RFC 8878) in plain Java: recordings are kept in it. */
@NullMarked
package countersign.verifier.zstd;

import org.jspecify.annotations.NullMarked;
