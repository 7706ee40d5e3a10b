/** The operation is about to run: once. */
@NullMarked
package countersign.approval.write.use;

import org.jspecify.annotations.NullMarked;
