/** The assembly: from a configuration to running parts, started and stopped in order. */
@NullMarked
package countersign.app.start;

import org.jspecify.annotations.NullMarked;
