package countersign.approval.write;

import countersign.duty.Rulebook;
import java.time.Instant;

/**
 * What a decision depends on beside the approval itself.
 *
 * @param now the time
 * @param rulebook the rulebook in force
 */
public record Situation(Instant now, Rulebook rulebook) {}
