/** Load runs side by side with peers, in one interleaved run; never timed tests. */
@NullMarked
package countersign.bench;

import org.jspecify.annotations.NullMarked;
