/** The offline verifier as a program. */
@NullMarked
package countersign.verifier.cli;

import org.jspecify.annotations.NullMarked;
