/** The Append port on the log and the command bus. */
@NullMarked
package countersign.append;

import org.jspecify.annotations.NullMarked;
