/**
 * The evidence bundle, format {@code countersign-evidence/1}: a zip file that proves a part of the
 * log to somebody who does not believe us. {@link countersign.verifier.bundle.BundleWriter} says
 * what is in it.
 */
@NullMarked
package countersign.verifier.bundle;

import org.jspecify.annotations.NullMarked;
