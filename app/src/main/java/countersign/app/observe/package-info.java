/** Health and metrics. */
@NullMarked
package countersign.app.observe;

import org.jspecify.annotations.NullMarked;
