/**
 * Duties to decision, eligibility of approvers. Pure: no I/O, no clock of its own, thread-safe;
 * gate, simulation, back-test and reports share it.
 */
@NullMarked
package countersign.deciding;

import org.jspecify.annotations.NullMarked;
