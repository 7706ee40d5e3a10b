/** How commands run: on virtual threads, bounded, tried again when somebody else was first. */
@NullMarked
package countersign.command;

import org.jspecify.annotations.NullMarked;
