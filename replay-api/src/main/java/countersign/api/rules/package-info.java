/** What is declared and who asks: targets, duties, whoami; and how far the read models are. */
@NullMarked
package countersign.api.rules;

import org.jspecify.annotations.NullMarked;
