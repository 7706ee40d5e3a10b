/** Who asks, and what they may see. */
@NullMarked
package countersign.api.access;

import org.jspecify.annotations.NullMarked;
