/**
 * What people typed or saw, sealed before it leaves the process: a master key in a file, a key for
 * each session outside of PostgreSQL, a key for each event derived from it.
 */
@NullMarked
package countersign.store.sealing;

import org.jspecify.annotations.NullMarked;
