/** Credentials are set here, and read nowhere. */
@NullMarked
package countersign.api.secrets;

import org.jspecify.annotations.NullMarked;
