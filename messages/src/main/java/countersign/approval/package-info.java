/** Approvals: a held operation's way from requested to used. */
@NullMarked
package countersign.approval;

import org.jspecify.annotations.NullMarked;
