/** The log as Axon's event storage engine: appends with conditions, sources, streams. */
@NullMarked
package countersign.store.axon;

import org.jspecify.annotations.NullMarked;
