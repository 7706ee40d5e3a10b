/** Sessions: one authenticated conversation of a principal with a target through an edge. */
@NullMarked
package countersign.session;

import org.jspecify.annotations.NullMarked;
