/** The durable form of a recording: both directions with their times, compressed. */
@NullMarked
package countersign.wire.recording;

import org.jspecify.annotations.NullMarked;
