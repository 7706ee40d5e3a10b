/** The read model of where the pieces of recordings stand. */
@NullMarked
package countersign.view.recordingindex;

import org.jspecify.annotations.NullMarked;
