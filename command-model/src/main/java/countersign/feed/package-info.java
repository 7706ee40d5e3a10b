/**
 * What control tells edges as it changes: the rulebook, outcomes of approvals, ends of sessions.
 */
@NullMarked
package countersign.feed;

import org.jspecify.annotations.NullMarked;
