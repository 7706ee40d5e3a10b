/** Duties: what a group may do on which targets, and what needs a second person. */
@NullMarked
package countersign.duty;

import org.jspecify.annotations.NullMarked;
