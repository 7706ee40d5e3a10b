/** What went wrong, as RFC 9457 problem documents. */
@NullMarked
package countersign.api.problem;

import org.jspecify.annotations.NullMarked;
