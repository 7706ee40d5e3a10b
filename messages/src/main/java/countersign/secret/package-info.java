/** Credentials that people set: sealed, resolved where they are used, shown to nobody. */
@NullMarked
package countersign.secret;

import org.jspecify.annotations.NullMarked;
