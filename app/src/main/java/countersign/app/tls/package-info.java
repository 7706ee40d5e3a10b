/** The edges' certificate authority and server certificate. */
@NullMarked
package countersign.app.tls;

import org.jspecify.annotations.NullMarked;
