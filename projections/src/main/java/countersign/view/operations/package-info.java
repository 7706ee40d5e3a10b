/** The read model of operations. */
@NullMarked
package countersign.view.operations;

import org.jspecify.annotations.NullMarked;
