/** The read model of approvals, pending and ended. */
@NullMarked
package countersign.view.pendingapprovals;

import org.jspecify.annotations.NullMarked;
