/** What the module is made of, and the questions it answers. */
@NullMarked
package countersign.view.configuration;

import org.jspecify.annotations.NullMarked;
