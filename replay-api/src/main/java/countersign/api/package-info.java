/** The REST API as a whole. */
@NullMarked
package countersign.api;

import org.jspecify.annotations.NullMarked;
