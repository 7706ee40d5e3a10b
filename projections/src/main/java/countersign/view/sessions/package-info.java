/** The read model of sessions. */
@NullMarked
package countersign.view.sessions;

import org.jspecify.annotations.NullMarked;
