/**
 * Time stamps of RFC 3161, read and checked with nothing but the JDK: what they are over, when, and
 * who signed them.
 */
@NullMarked
package countersign.verifier.timestamp;

import org.jspecify.annotations.NullMarked;
