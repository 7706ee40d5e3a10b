package countersign.view.projections;

import countersign.event.Event;
import countersign.event.EventMetadata;
import java.util.Set;
import java.util.stream.Collectors;
import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventHandler;
import org.axonframework.messaging.eventhandling.EventHandlerRegistry;
import org.axonframework.messaging.eventhandling.EventHandlingComponent;
import org.axonframework.messaging.eventhandling.EventMessage;

/**
 * Hands a projection its events a batch at a time: handling only gathers, {@link ViewTokens} writes
 * rows and token together when the unit of work commits.
 */
final class GatheringComponent implements EventHandlingComponent {
  private final Projection projection;
  private final Set<QualifiedName> names;

  GatheringComponent(Projection projection) {
    this.projection = projection;
    this.names = names(projection);
  }

  /** The names under which a projection's events stand in the log: without a package. */
  static Set<QualifiedName> names(Projection projection) {
    return projection.events().stream()
        .map(type -> new QualifiedName(name(type)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The name an event is stored by; Axon's own resolver would put the package before it. */
  static String name(Class<?> type) {
    var stored =
        type.getAnnotation(org.axonframework.messaging.eventhandling.annotation.Event.class);
    if (stored == null) {
      throw new IllegalArgumentException(type.getName() + " (expected: an @Event)");
    }
    return stored.name();
  }

  @Override
  public MessageStream.Empty<Message> handle(EventMessage message, ProcessingContext context) {
    // An event whose key was destroyed arrives as a payload of another type: there is nothing left
    // to show of it.
    if (message.payload() instanceof Event event
        && projection.events().contains(event.getClass())) {
      context
          .computeResourceIfAbsent(Batch.KEY, () -> new Batch(projection))
          .add(
              new Projected(
                  number(message, EventMetadata.POSITION),
                  message.metadata().containsKey(EventMetadata.SESSION_SEQ)
                      ? number(message, EventMetadata.SESSION_SEQ)
                      : -1,
                  message.timestamp(),
                  event));
    }
    return MessageStream.empty().cast();
  }

  private static long number(EventMessage message, String key) {
    String text = message.metadata().get(key);
    if (text == null) {
      throw new IllegalStateException(
          "metadata " + key + ": absent from " + message.type() + " (expected: a number)");
    }
    return Long.parseLong(text);
  }

  @Override
  public Set<QualifiedName> supportedEvents() {
    return names;
  }

  @Override
  public Object sequenceIdentifierFor(EventMessage message, ProcessingContext context) {
    return projection.view();
  }

  @Override
  public EventHandlerRegistry subscribe(QualifiedName name, EventHandler handler) {
    throw new UnsupportedOperationException("a projection names its events itself");
  }
}
