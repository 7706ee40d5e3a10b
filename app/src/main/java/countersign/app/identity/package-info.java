/** Who calls: tokens of OIDC issuers become principals. */
@NullMarked
package countersign.app.identity;

import org.jspecify.annotations.NullMarked;
