package countersign.store;

import countersign.event.Event;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.jspecify.annotations.Nullable;

/** The tags of an event: its record components that carry Axon's {@code @EventTag}. */
public final class Tags {
  private static final ClassValue<List<Tagged>> TAGGED =
      new ClassValue<>() {
        @Override
        protected List<Tagged> computeValue(Class<?> type) {
          return tagged(type);
        }
      };

  private Tags() {}

  /** Returns the tags as {@code key=value}; empty for an event without any. */
  public static Set<String> of(Event event) {
    List<Tagged> tagged = TAGGED.get(event.getClass());
    return switch (tagged.size()) {
      case 0 -> Set.of();
      case 1 -> {
        String only = tagged.getFirst().read(event);
        yield only == null ? Set.of() : Set.of(only);
      }
      default -> {
        Set<String> tags = new HashSet<>();
        for (Tagged each : tagged) {
          String tag = each.read(event);
          if (tag != null) {
            tags.add(tag);
          }
        }
        yield Set.copyOf(tags);
      }
    };
  }

  private static List<Tagged> tagged(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(type.getName() + ": (expected: a record)");
    }
    List<Tagged> found = new ArrayList<>();
    for (RecordComponent component : components) {
      EventTag tag = component.getAccessor().getAnnotation(EventTag.class);
      if (tag != null) {
        found.add(new Tagged(tag.key().isEmpty() ? component.getName() : tag.key(), component));
      }
    }
    return List.copyOf(found);
  }

  private record Tagged(String key, RecordComponent component) {
    /** Null for a component that is null: no tag. */
    @Nullable String read(Event event) {
      try {
        Object value = component.getAccessor().invoke(event);
        return value == null ? null : key + "=" + value;
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(
            event.getClass().getName() + "." + component.getName() + ": cannot be read", e);
      }
    }
  }
}
