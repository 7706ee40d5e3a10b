/** The Merkle log over all events: what is said of it. */
@NullMarked
package countersign.log;

import org.jspecify.annotations.NullMarked;
