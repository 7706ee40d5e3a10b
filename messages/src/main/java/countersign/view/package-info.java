/** What people look at: the rows of the read models and the questions asked of them. */
@NullMarked
package countersign.view;

import org.jspecify.annotations.NullMarked;
