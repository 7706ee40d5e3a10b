/**
 * A witness of a log: remembers the largest tree that it saw, and cosigns only what continues it.
 */
@NullMarked
package countersign.witness;

import org.jspecify.annotations.NullMarked;
