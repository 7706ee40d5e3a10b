package countersign.store.shape;

import countersign.approval.ApprovalId;
import countersign.evidence.EvidenceId;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Fills any record with values that say where they came from. */
final class Sample {
  private Sample() {}

  static Object of(Class<?> record) {
    return of("", record);
  }

  private static Object of(String name, Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == Map.class) {
        return Map.of(of(name, of[0]), of(name, of[1]));
      }
      return raw == Set.class ? Set.of(of(name, of[0])) : List.of(of(name, of[0]));
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return name + " \"ü\" \n";
    } else if (plain == long.class || plain == Long.class) {
      return 9_007_199_254_740_993L;
    } else if (plain == int.class || plain == Integer.class) {
      return 5_432;
    } else if (plain == boolean.class || plain == Boolean.class) {
      return true;
    } else if (plain == UUID.class) {
      return UUID.fromString("01934c5e-7b00-7abc-8def-0123456789ab");
    } else if (plain == Instant.class) {
      return Instant.parse("2026-11-21T02:25:41.123456789Z");
    } else if (plain == Duration.class) {
      return Duration.ofSeconds(90, 5);
    } else if (plain == byte[].class) {
      return new byte[] {0, 1, -1, 127};
    } else if (plain == ApprovalId.class) {
      return new ApprovalId("apr-7k2m9xw4c8tn5rbj");
    } else if (plain == EvidenceId.class) {
      return new EvidenceId("evd-7k2m9xw4c8tn5rbj");
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[plain.getEnumConstants().length - 1];
    } else if (plain.isRecord()) {
      return record(plain);
    }
    throw new IllegalArgumentException(name + ": no sample of " + plain);
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = of(components[i].getName(), components[i].getGenericType());
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + ": " + e.getCause(), e);
    }
  }
}
