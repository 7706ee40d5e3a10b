/**
 * A real PostgreSQL from Maven's embedded binaries, for the default that needs nothing: started,
 * stopped, found again after a crash. Nothing here knows the event store.
 */
@NullMarked
package countersign.store.postgres;

import org.jspecify.annotations.NullMarked;
