/** An operation is held and asks for a second person. */
@NullMarked
package countersign.approval.write.requestapproval;

import org.jspecify.annotations.NullMarked;
