/** The approval as it is decided: what its events tell, and who counts as one person. */
@NullMarked
package countersign.approval.write;

import org.jspecify.annotations.NullMarked;
