/**
 * How long a session is kept, who forbade to erase it, and its erasure: the destruction of its keys
 * and of everything that was made from it.
 */
@NullMarked
package countersign.retention;

import org.jspecify.annotations.NullMarked;
