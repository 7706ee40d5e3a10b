package countersign.evidence;

import countersign.event.Clear;
import countersign.event.Event;
import countersign.identity.Principal;
import java.time.Instant;
import java.util.Map;
import org.axonframework.eventsourcing.annotation.EventTag;

/** What happens to evidence. Sealed under the store's key: it outlasts the sessions it is about. */
public sealed interface EvidenceEvent extends Event {

  /** The bundle. */
  EvidenceId id();

  /**
   * A bundle was made; durable before anybody can have a byte of it. When it discloses content it
   * carries a tag {@code exported} for each session that it discloses, so that an erasure can say
   * where copies are.
   *
   * @param from position of its first event
   * @param to position of its last event
   * @param events events in it
   * @param sessions sessions that it is about
   * @param size leaves of the checkpoint that it is proven against
   * @param disclosed whether it holds content
   * @param encrypted whether only its recipient can open it
   * @param bytes length of the file
   * @param sha256 of the file, lower-case hex
   * @param query what it is about, by name
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "EvidenceExported",
      version = "1")
  record Exported(
      @Clear @EventTag(key = "evidence") EvidenceId id,
      @Clear Instant at,
      @Clear long from,
      @Clear long to,
      @Clear long events,
      @Clear long sessions,
      @Clear long size,
      @Clear boolean disclosed,
      @Clear boolean encrypted,
      @Clear long bytes,
      @Clear String sha256,
      Principal by,
      Map<String, String> query,
      String purpose,
      String recipient)
      implements EvidenceEvent {
    public Exported {
      query = Map.copyOf(query);
    }
  }

  /** Somebody was about to get the file; durable before a byte of it is given. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "EvidenceDownloaded",
      version = "1")
  record Downloaded(
      @Clear @EventTag(key = "evidence") EvidenceId id, @Clear Instant at, Principal by)
      implements EvidenceEvent {}
}
