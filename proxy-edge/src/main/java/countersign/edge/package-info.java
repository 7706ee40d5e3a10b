/** Listeners, the edge's own settings, and what bounds all sessions together. */
@NullMarked
package countersign.edge;

import org.jspecify.annotations.NullMarked;
