/** Writes down what happens in a session, before and beside it happening. */
@NullMarked
package countersign.edge.record;

import org.jspecify.annotations.NullMarked;
