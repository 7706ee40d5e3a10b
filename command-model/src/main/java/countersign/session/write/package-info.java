/** What people may ask about a session: its end, and its content. */
@NullMarked
package countersign.session.write;

import org.jspecify.annotations.NullMarked;
