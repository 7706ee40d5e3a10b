/** Retention, legal holds and erasure: deciding about them, and carrying an erasure through. */
@NullMarked
package countersign.retention.write;

import org.jspecify.annotations.NullMarked;
