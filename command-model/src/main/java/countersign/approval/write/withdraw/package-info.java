/** The caller, or the loss of caller or target, ends the wait. */
@NullMarked
package countersign.approval.write.withdraw;

import org.jspecify.annotations.NullMarked;
