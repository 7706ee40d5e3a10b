/**
 * Group commit: everybody's waiting items in one transaction, one transaction at a time, so that
 * the price is one fsync for a batch and positions stand in the order of commits.
 */
@NullMarked
package countersign.store.group;

import org.jspecify.annotations.NullMarked;
