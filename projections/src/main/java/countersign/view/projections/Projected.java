package countersign.view.projections;

import countersign.event.Event;
import java.time.Instant;

/**
 * An event on its way into a read model.
 *
 * @param position place in the log
 * @param sessionSeq number in its session's sequence, -1 for events of no sequence
 * @param at when it was appended, in microseconds
 * @param event the event
 */
public record Projected(long position, long sessionSeq, Instant at, Event event) {}
