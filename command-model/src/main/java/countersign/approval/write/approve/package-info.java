/** A person says yes. */
@NullMarked
package countersign.approval.write.approve;

import org.jspecify.annotations.NullMarked;
