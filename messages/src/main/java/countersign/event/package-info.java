/**
 * What every event is: a record whose components are either clear (opaque ids, counts, kinds) or
 * sealed (everything people typed or saw). Nothing here knows how events are stored.
 */
@NullMarked
package countersign.event;

import org.jspecify.annotations.NullMarked;
