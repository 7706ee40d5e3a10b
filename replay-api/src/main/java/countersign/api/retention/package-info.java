/** Legal holds and erasure. */
@NullMarked
package countersign.api.retention;

import org.jspecify.annotations.NullMarked;
