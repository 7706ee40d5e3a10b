/**
 * PostgreSQL's own grammar: libpg_query of each major version, which is the server's parser cut out
 * of it, run as WebAssembly inside the JVM, and the parse tree it gives.
 */
@NullMarked
package countersign.wire.postgres.grammar;

import org.jspecify.annotations.NullMarked;
