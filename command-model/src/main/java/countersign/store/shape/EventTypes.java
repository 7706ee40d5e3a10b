package countersign.store.shape;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import countersign.approval.ApprovalEvent;
import countersign.duty.DutyEvent;
import countersign.event.Event;
import countersign.evidence.EvidenceEvent;
import countersign.log.LogEvent;
import countersign.retention.RetentionEvent;
import countersign.secret.SecretEvent;
import countersign.session.EdgeEvent;
import countersign.session.OversightEvent;
import countersign.session.SessionEvent;
import countersign.target.TargetEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every event that can be stored, by class and by name and version. Immutable. */
public final class EventTypes {

  /** The sealed interfaces of all features; a test finds what is missing here. */
  private static final List<Class<? extends Event>> FEATURES =
      List.of(
          SessionEvent.class,
          OversightEvent.class,
          EdgeEvent.class,
          ApprovalEvent.class,
          DutyEvent.class,
          TargetEvent.class,
          LogEvent.class,
          RetentionEvent.class,
          SecretEvent.class,
          EvidenceEvent.class);

  private final Map<Class<?>, EventType> byClass = new HashMap<>();
  private final Map<String, EventType> byName = new HashMap<>();

  /** Finds all events. */
  public EventTypes() {
    JsonMapper json = mapper();
    FEATURES.forEach(feature -> add(feature, json));
  }

  /**
   * Returns the type of an event.
   *
   * @throws IllegalArgumentException if it is not one that can be stored
   */
  public EventType of(Event event) {
    EventType type = byClass.get(event.getClass());
    if (type == null) {
      throw new IllegalArgumentException(
          "event: " + event.getClass().getName() + " (expected: an event below " + FEATURES + ")");
    }
    return type;
  }

  /**
   * Finds a type by its stored name and version, also an older one; empty when this release does
   * not know it.
   */
  public Optional<EventType> find(String name, int version) {
    return Optional.ofNullable(byName.get(name + "/" + version));
  }

  /** All of them in their newest version. */
  public Collection<EventType> all() {
    return byClass.values();
  }

  private void add(Class<?> part, JsonMapper json) {
    if (part.isRecord()) {
      EventType type = EventType.of(part.asSubclass(Record.class), json);
      byClass.put(part, type);
      // What a later version added is absent in an earlier one, and its record says what that
      // means.
      for (int earlier = 1; earlier < type.version(); earlier++) {
        byName.putIfAbsent(type.name() + "/" + earlier, type.asOf(earlier));
      }
      EventType other = byName.put(type.name() + "/" + type.version(), type);
      if (other != null && other.version() == type.version()) {
        throw new IllegalStateException(type.name() + ": the name of two events");
      }
      return;
    }
    for (Class<?> below : part.getPermittedSubclasses()) {
      add(below, json);
    }
  }

  /** Times and durations as ISO 8601; what a record does not have is an error, never overlooked. */
  static JsonMapper mapper() {
    return JsonMapper.builder()
        .addModule(new Jdk8Module())
        .addModule(new JavaTimeModule())
        .addModule(OftenWritten.module())
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .build();
  }

  static JavaType type(JsonMapper json, java.lang.reflect.Type type) {
    return json.getTypeFactory().constructType(type);
  }
}
