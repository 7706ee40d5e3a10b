package countersign.session;

import java.time.Instant;

/**
 * Bytes that the caller may have seen and the record does not hold, declared when a session is
 * found interrupted.
 *
 * @param from time of the last durable event of the session
 * @param to when the edge was known to be gone
 * @param inFrom first byte of the caller's direction that may be missing
 * @param outFrom first byte of the target's direction that may be missing
 */
public record Gap(Instant from, Instant to, long inFrom, long outFrom) {}
