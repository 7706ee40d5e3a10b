/** Silence becomes no. */
@NullMarked
package countersign.approval.write.expire;

import org.jspecify.annotations.NullMarked;
