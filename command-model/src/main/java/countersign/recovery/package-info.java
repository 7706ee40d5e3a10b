/** What edges that are gone left open is found and closed, with what may be missing declared. */
@NullMarked
package countersign.recovery;

import org.jspecify.annotations.NullMarked;
