/** A real target, real clients, and stand-ins for the log and the people. */
@NullMarked
package countersign.edge.protocol.postgres;

import org.jspecify.annotations.NullMarked;
