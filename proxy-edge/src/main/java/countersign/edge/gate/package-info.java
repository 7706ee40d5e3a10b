/** Decides operations, holds them, and is the only one that lets bytes go to a target. */
@NullMarked
package countersign.edge.gate;

import org.jspecify.annotations.NullMarked;
