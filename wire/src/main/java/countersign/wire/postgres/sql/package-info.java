/** What a PostgreSQL statement does, read from its text: small on purpose, and it fails closed. */
@NullMarked
package countersign.wire.postgres.sql;

import org.jspecify.annotations.NullMarked;
