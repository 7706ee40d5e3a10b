/** Which values of a target's answers are masked, and what stands in their place. */
@NullMarked
package countersign.edge.mask;

import org.jspecify.annotations.NullMarked;
