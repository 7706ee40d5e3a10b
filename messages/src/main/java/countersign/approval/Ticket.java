package countersign.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that outlives the session that asked: whoever asked may use it by sending the same
 * operation again.
 *
 * @param id the approval
 * @param held what was asked for
 * @param expires when silence becomes no, and an unused yes ends
 * @param outcome how it was answered or ended; null while it waits for answers
 */
public record Ticket(
    ApprovalId id, HeldOperation held, Instant expires, @Nullable ApprovalOutcome outcome) {}
