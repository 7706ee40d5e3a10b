/** Approvals and the answers of people. */
@NullMarked
package countersign.api.approvals;

import org.jspecify.annotations.NullMarked;
