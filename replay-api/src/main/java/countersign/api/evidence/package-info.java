/** Evidence bundles: asked for, followed, downloaded. */
@NullMarked
package countersign.api.evidence;

import org.jspecify.annotations.NullMarked;
