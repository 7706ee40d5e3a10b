/** Targets: a system with its credential. */
@NullMarked
package countersign.target;

import org.jspecify.annotations.NullMarked;
