/** Logs in at targets. The only package that sees a secret. */
@NullMarked
package countersign.edge.credential;

import org.jspecify.annotations.NullMarked;
