/** The command model put together: its table of contents. */
@NullMarked
package countersign;

import org.jspecify.annotations.NullMarked;
