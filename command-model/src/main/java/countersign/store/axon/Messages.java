package countersign.store.axon;

import countersign.approval.ApprovalEvent;
import countersign.event.Event;
import countersign.event.EventMetadata;
import countersign.event.KeyScope;
import countersign.session.OversightEvent;
import countersign.session.SessionEvent;
import countersign.store.Criterion;
import countersign.store.Draft;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;

/** Our events and criteria as Axon's and back. Payloads are our records as they are. */
final class Messages {
  private Messages() {}

  static EventMessage message(StoredEvent stored) {
    Map<String, String> metadata = HashMap.newHashMap(2);
    metadata.put(EventMetadata.POSITION, Long.toString(stored.position()));
    if (stored.session() != null) {
      metadata.put(EventMetadata.SESSION_SEQ, Long.toString(stored.sessionSeq()));
    }
    return new GenericEventMessage(
        stored.id().toString(), type(stored), stored.event(), metadata, stored.at());
  }

  /** An event that cannot be opened keeps no name that a handler of its payload listens to. */
  private static MessageType type(StoredEvent stored) {
    return stored.event() instanceof StoredEvent.Unreadable
        ? new MessageType("Unreadable", "1")
        : new MessageType(stored.type(), Integer.toString(stored.version()));
  }

  static Set<Tag> tags(Event event) {
    return Tags.of(event).stream().map(Messages::tag).collect(Collectors.toUnmodifiableSet());
  }

  private static Tag tag(String tag) {
    int equals = tag.indexOf('=');
    return new Tag(tag.substring(0, equals), tag.substring(equals + 1));
  }

  static Draft draft(TaggedEventMessage<?> tagged) {
    if (!(tagged.event().payload() instanceof Event event)) {
      throw new IllegalArgumentException(
          "payload: " + tagged.event().type() + " (expected: an event of Countersign)");
    }
    return Draft.of(
        event,
        scope(event),
        tagged.tags().stream().map(Messages::text).collect(Collectors.toSet()));
  }

  private static KeyScope scope(Event event) {
    return switch (event) {
      case ApprovalEvent approval -> KeyScope.of(approval.session());
      case OversightEvent oversight -> KeyScope.of(oversight.session());
      case SessionEvent session ->
          throw new IllegalArgumentException(
              "event: "
                  + session.getClass().getSimpleName()
                  + " (expected: events of a session's sequence go through the Append port)");
      default -> KeyScope.of(null);
    };
  }

  private static String text(Tag tag) {
    return tag.key() + "=" + tag.value();
  }

  /** An empty answer means everything, as it does in the log. */
  static List<Criterion> criteria(EventCriteria criteria) {
    return criteria.flatten().stream()
        .map(criterion ->
            new Criterion(
                criterion.tags().stream().map(Messages::text).collect(Collectors.toSet()),
                criterion.types().stream().map(QualifiedName::name).collect(Collectors.toSet())))
        .toList();
  }
}
