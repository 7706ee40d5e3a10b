/** Server-sent events: what changed, as it becomes durable. */
@NullMarked
package countersign.api.changes;

import org.jspecify.annotations.NullMarked;
