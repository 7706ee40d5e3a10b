/** Makes evidence bundles: what belongs to a scope, its content as far as it is disclosed, jobs. */
@NullMarked
package countersign.evidence.make;

import org.jspecify.annotations.NullMarked;
