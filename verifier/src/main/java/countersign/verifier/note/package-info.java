/**
 * Signed notes and what is written in them: c2sp.org/signed-note, tlog-checkpoint,
 * tlog-cosignature, tlog-policy, tlog-proof and the request of tlog-witness. Parsers are strict and
 * bounded, and what they read they write again byte for byte.
 */
@NullMarked
package countersign.verifier.note;

import org.jspecify.annotations.NullMarked;
