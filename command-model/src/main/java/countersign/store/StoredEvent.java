package countersign.store;

import countersign.event.Event;
import countersign.session.SessionId;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it stands in the log.
 *
 * @param position place in the log, from 0 without a hole
 * @param id UUIDv7
 * @param type name of the event
 * @param version version of its shape as it was stored
 * @param session session whose sequence it belongs to, null for none
 * @param sessionSeq number in that sequence, -1 without a session
 * @param at when it was appended, by the appending process's clock, in microseconds; order is
 *     position, never time
 * @param tags {@code key=value}
 * @param event the event itself, or {@link Unreadable}
 */
public record StoredEvent(
    long position,
    UUID id,
    String type,
    int version,
    @Nullable SessionId session,
    long sessionSeq,
    Instant at,
    Set<String> tags,
    Event event) {

  /**
   * Stands in for an event that cannot be read, so that readers go on. What depends on the event (a
   * duty, say) fails closed.
   *
   * @param type name of the event
   * @param clear its clear components as JSON, exactly as stored
   * @param why {@code erased}: its key was destroyed; {@code lost}: its key is missing though
   *     nobody erased it; {@code tampered}: the bytes are not those that were sealed; {@code
   *     unknown}: this release does not know its shape
   */
  public record Unreadable(String type, String clear, String why) implements Event {}
}
