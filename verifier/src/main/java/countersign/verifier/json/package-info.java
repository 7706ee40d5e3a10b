/** JSON as evidence needs it: strict, bounded, and written in one canonical form (RFC 8785). */
@NullMarked
package countersign.verifier.json;

import org.jspecify.annotations.NullMarked;
