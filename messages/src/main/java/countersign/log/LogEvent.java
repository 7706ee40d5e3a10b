package countersign.log;

import countersign.event.Clear;
import countersign.event.Event;
import java.time.Instant;
import org.axonframework.eventsourcing.annotation.EventTag;

/** What happens to the Merkle log itself. Nothing of it is personal, so nothing is sealed. */
public sealed interface LogEvent extends Event {

  /** Origin of the log, as its checkpoints name it. */
  String log();

  /**
   * A checkpoint was signed. It covers the events before this one, so this event is in the next.
   *
   * @param size events that it covers, from position 0
   * @param root hash of the tree, 64 lower-case hex digits
   * @param note the checkpoint: a C2SP signed note with the log's own signature
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "CheckpointSigned",
      version = "1")
  record CheckpointSigned(
      @Clear @EventTag(key = "log") String log,
      @Clear long size,
      @Clear String root,
      @Clear String note,
      @Clear Instant at)
      implements LogEvent {}

  /**
   * The stored events are not those that were signed, or a witness says so. Said once for each
   * problem while a process runs, and again by the next process while it lasts.
   *
   * @param position first position known to be wrong, -1 when it is the log as a whole
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "IntegrityAlarm",
      version = "1")
  record IntegrityAlarm(
      @Clear @EventTag(key = "log") String log,
      @Clear Integrity.Kind kind,
      @Clear long position,
      @Clear String words,
      @Clear Instant at)
      implements LogEvent {}
}
