package countersign.store.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import countersign.event.Clear;
import countersign.event.Event;
import countersign.event.FormerlyClear;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one event is stored: each record component goes to the clear or to the sealed half, both JSON
 * objects in the order of the components. An event whose only sealed component is an array of bytes
 * (a segment) has those bytes themselves as its sealed half. Immutable, thread-safe.
 */
public final class EventType {
  private static final byte[] NOTHING = new byte[0];

  private final String name;
  private final int version;
  private final Class<? extends Record> shape;
  private final List<Component> components;
  private final MethodHandle constructor;
  private final JsonMapper json;
  private final boolean raw;
  private final boolean open;

  private record Component(
      String name,
      boolean clear,
      Class<?> type,
      MethodHandle accessor,
      JsonSerializer<Object> writer,
      ObjectReader reader) {}

  /**
   * The two halves.
   *
   * @param clear JSON
   * @param sealed what is to be sealed; empty when the event has nothing to seal
   */
  public record Halves(byte[] clear, byte[] sealed) {}

  private EventType(
      String name,
      int version,
      Class<? extends Record> shape,
      List<Component> components,
      MethodHandle constructor,
      JsonMapper json) {
    this.name = name;
    this.version = version;
    this.shape = shape;
    this.components = components;
    this.constructor = constructor;
    this.json = json;
    List<Component> sealed = components.stream().filter(c -> !c.clear).toList();
    this.open = sealed.isEmpty();
    this.raw = sealed.size() == 1 && sealed.getFirst().type == byte[].class;
  }

  static EventType of(Class<? extends Record> shape, JsonMapper json) {
    return of(shape, Integer.parseInt(event(shape).version()), json);
  }

  private static org.axonframework.messaging.eventhandling.annotation.Event event(
      Class<? extends Record> shape) {
    var event =
        shape.getAnnotation(org.axonframework.messaging.eventhandling.annotation.Event.class);
    if (event == null || event.name().isEmpty()) {
      throw new IllegalStateException(shape.getName() + ": has no @Event(name, version)");
    }
    return event;
  }

  /** The same event as an older version stored it, to be read only. */
  EventType asOf(int former) {
    return of(shape, former, json);
  }

  private static EventType of(Class<? extends Record> shape, int version, JsonMapper json) {
    try {
      SerializerProvider writing = json.getSerializerProviderInstance();
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      RecordComponent[] parts = shape.getRecordComponents();
      List<Component> components = new ArrayList<>();
      for (RecordComponent part : parts) {
        var type = EventTypes.type(json, part.getGenericType());
        components.add(
            new Component(
                part.getName(),
                isClear(part, version),
                part.getType(),
                lookup
                    .unreflect(part.getAccessor())
                    .asType(java.lang.invoke.MethodType.methodType(Object.class, Object.class)),
                writing.findTypedValueSerializer(type, true, null),
                json.readerFor(type)));
      }
      Class<?>[] types =
          Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
      MethodHandle constructor =
          lookup
              .unreflectConstructor(shape.getConstructor(types))
              .asSpreader(Object[].class, types.length);
      return new EventType(
          event(shape).name(), version, shape, List.copyOf(components), constructor, json);
    } catch (ReflectiveOperationException | JsonMappingException e) {
      throw new IllegalStateException(shape.getName() + ": not a public record", e);
    }
  }

  private static boolean isClear(RecordComponent part, int version) {
    FormerlyClear formerly = part.getAnnotation(FormerlyClear.class);
    return part.isAnnotationPresent(Clear.class)
        || (formerly != null && version <= formerly.until());
  }

  /** Stored name. */
  public String name() {
    return name;
  }

  /** Stored version, 1 or more. */
  public int version() {
    return version;
  }

  /** The record. */
  public Class<? extends Record> shape() {
    return shape;
  }

  /**
   * Writes an event.
   *
   * @throws IllegalArgumentException if a component cannot be written, such as a text with half a
   *     surrogate pair; the message names the component, never its content
   */
  public Halves write(Event event) {
    byte[] clear = write(event, true);
    return new Halves(clear, raw ? rawBytes(event) : write(event, false));
  }

  /**
   * Reads an event.
   *
   * @throws IOException if the bytes are not of this shape; the message names the event and never
   *     its content
   */
  public Event read(byte[] clear, byte[] sealed) throws IOException {
    JsonNode open = tree(clear);
    JsonNode closed = raw || sealed.length == 0 ? NullNode.getInstance() : tree(sealed);
    requireKnown(open, true);
    requireKnown(closed, false);
    @Nullable Object[] values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      Component component = components.get(i);
      values[i] =
          raw && !component.clear ? sealed : value(component, component.clear ? open : closed);
    }
    try {
      return (Event) constructor.invoke(values);
    } catch (Throwable e) {
      throw unreadable("its record", e);
    }
  }

  private @Nullable Object value(Component component, JsonNode half) throws IOException {
    JsonNode node = half.get(component.name);
    if (node == null || node.isNull()) {
      if (component.type.isPrimitive()) {
        throw unreadable(component.name, null);
      }
      return null;
    }
    try {
      return component.reader.readValue(node);
    } catch (IOException | RuntimeException e) {
      throw unreadable(component.name, e);
    }
  }

  private JsonNode tree(byte[] half) throws IOException {
    try {
      return json.readTree(half);
    } catch (IOException e) {
      throw unreadable("JSON", e);
    }
  }

  private void requireKnown(JsonNode half, boolean clear) throws IOException {
    for (Iterator<String> names = half.fieldNames(); names.hasNext(); ) {
      String field = names.next();
      if (components.stream().noneMatch(c -> c.clear == clear && c.name.equals(field))) {
        throw unreadable(field, null);
      }
    }
  }

  /** Without the cause's message, which quotes what it could not read. */
  private IOException unreadable(String what, @Nullable Throwable cause) {
    String kind = cause == null ? "missing or not known" : cause.getClass().getSimpleName();
    return new IOException(name + " v" + version + ": " + what + ": " + kind);
  }

  private byte[] rawBytes(Event event) {
    for (Component component : components) {
      if (!component.clear) {
        return (byte[]) get(component, event);
      }
    }
    return NOTHING;
  }

  private byte[] write(Event event, boolean clear) {
    if (!clear && open) {
      return NOTHING;
    }
    String at = "";
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        JsonGenerator out = json.createGenerator(bytes)) {
      SerializerProvider writing = json.getSerializerProviderInstance();
      out.writeStartObject();
      for (Component component : components) {
        if (component.clear == clear) {
          at = component.name;
          out.writeFieldName(at);
          write(out, writing, component, get(component, event));
        }
      }
      out.writeEndObject();
      out.flush();
      return bytes.toByteArray();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          name + "." + at + ": cannot be written as JSON (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static void write(
      JsonGenerator out, SerializerProvider writing, Component component, @Nullable Object value)
      throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case String text -> out.writeString(text);
      case Long number -> out.writeNumber(number);
      case Integer number -> out.writeNumber(number);
      case Boolean flag -> out.writeBoolean(flag);
      default -> component.writer.serialize(value, out, writing);
    }
  }

  private static Object get(Component component, Event event) {
    try {
      return component.accessor.invokeExact((Object) event);
    } catch (Throwable e) {
      throw new IllegalStateException(component.name + ": an accessor of a record failed", e);
    }
  }
}
