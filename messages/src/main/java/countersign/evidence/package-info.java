/** Evidence: bundles of the record that a third party verifies without us. */
@NullMarked
package countersign.evidence;

import org.jspecify.annotations.NullMarked;
