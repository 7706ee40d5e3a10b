/**
 * What an auditor needs to check the log without us: pure JDK, no other part of Countersign. The
 * log itself uses the same formats, so there is one definition of each.
 */
@NullMarked
package countersign.verifier;

import org.jspecify.annotations.NullMarked;
