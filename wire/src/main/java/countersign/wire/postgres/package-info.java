/**
 * PostgreSQL's frontend/backend protocol, versions 3.0 to 3.2, as bytes and messages: no sockets,
 * no threads. Source: PostgreSQL documentation, chapter "Frontend/Backend Protocol", section
 * "Message Formats".
 */
@NullMarked
package countersign.wire.postgres;

import org.jspecify.annotations.NullMarked;
