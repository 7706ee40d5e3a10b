/**
 * PostgreSQL's grammar at work: parsers on threads of their own, warmed up, bounded, and a cache.
 */
@NullMarked
package countersign.edge.grammar;

import org.jspecify.annotations.NullMarked;
