/** Who is calling, and for whom. */
@NullMarked
package countersign.identity;

import org.jspecify.annotations.NullMarked;
