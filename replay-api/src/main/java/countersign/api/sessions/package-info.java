/** Sessions, their operations, their end. */
@NullMarked
package countersign.api.sessions;

import org.jspecify.annotations.NullMarked;
