/** The Merkle log for auditors and witnesses, and how the record stands against it. */
@NullMarked
package countersign.api.log;

import org.jspecify.annotations.NullMarked;
