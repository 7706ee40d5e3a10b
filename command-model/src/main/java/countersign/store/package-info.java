/**
 * The event store: one log of all events, appended in groups, read in the order of its positions.
 *
 * <p>Nothing outside the command model sees these types; an edge knows {@link
 * countersign.port.Append} only.
 */
@NullMarked
package countersign.store;

import org.jspecify.annotations.NullMarked;
