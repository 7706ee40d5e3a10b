/** PostgreSQL's protocol at the edge: handshake, operations, refusals in its own words. */
@NullMarked
package countersign.edge.protocol.postgres;

import org.jspecify.annotations.NullMarked;
