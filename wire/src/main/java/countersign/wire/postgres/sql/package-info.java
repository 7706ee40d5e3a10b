/**
 * What a PostgreSQL statement does: read from the tree of PostgreSQL's own grammar and looked up in
 * the target's catalogue, failing closed.
 */
@NullMarked
package countersign.wire.postgres.sql;

import org.jspecify.annotations.NullMarked;
