/**
 * The only two things an edge knows of control, and what the API reads. In one process these are
 * calls; a separate edge speaks them over one stream. All implementations are thread-safe; stages
 * complete on a thread of the implementation, so callers hop back to their own.
 */
@NullMarked
package countersign.port;

import org.jspecify.annotations.NullMarked;
