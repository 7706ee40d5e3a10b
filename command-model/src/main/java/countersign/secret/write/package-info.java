/** Credentials become sealed files, and an event that says who set them. */
@NullMarked
package countersign.secret.write;

import org.jspecify.annotations.NullMarked;
