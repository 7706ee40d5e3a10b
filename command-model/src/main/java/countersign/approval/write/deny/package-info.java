/** A person says no. */
@NullMarked
package countersign.approval.write.deny;

import org.jspecify.annotations.NullMarked;
