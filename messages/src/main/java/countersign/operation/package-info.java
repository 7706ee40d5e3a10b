/** Operations: the smallest thing decided on, what they do, and what was decided. */
@NullMarked
package countersign.operation;

import org.jspecify.annotations.NullMarked;
