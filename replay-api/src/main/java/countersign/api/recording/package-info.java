/** The bytes of a session and what they said. */
@NullMarked
package countersign.api.recording;

import org.jspecify.annotations.NullMarked;
