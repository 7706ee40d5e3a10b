/** The program: one main class that runs a command of the CLI or the whole gateway. */
@NullMarked
package countersign.app;

import org.jspecify.annotations.NullMarked;
