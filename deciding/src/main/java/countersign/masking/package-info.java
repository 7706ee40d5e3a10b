/**
 * What is sensitive in a value and what stands in its place: detectors over bytes, and the ways to
 * mask. Pure.
 */
@NullMarked
package countersign.masking;

import org.jspecify.annotations.NullMarked;
