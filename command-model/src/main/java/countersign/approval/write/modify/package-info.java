/** A person puts another text in the operation's place. */
@NullMarked
package countersign.approval.write.modify;

import org.jspecify.annotations.NullMarked;
