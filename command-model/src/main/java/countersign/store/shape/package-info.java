/** The stored shape of events: their names and versions, and their JSON in two halves. */
@NullMarked
package countersign.store.shape;

import org.jspecify.annotations.NullMarked;
