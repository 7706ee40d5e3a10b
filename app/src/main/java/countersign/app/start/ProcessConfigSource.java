package countersign.app.start;

import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells Quarkus what only the running process knows: ports, and the store's address and password.
 * Not by system properties, which every tool that lists a JVM shows.
 */
public final class ProcessConfigSource implements ConfigSource {
  private static volatile Map<String, String> values = Map.of();

  /** Sets the values, before Quarkus starts. */
  static void set(Map<String, String> now) {
    values = Map.copyOf(now);
  }

  @Override
  public Set<String> getPropertyNames() {
    return values.keySet();
  }

  @Override
  public @Nullable String getValue(String name) {
    return values.get(name);
  }

  @Override
  public String getName() {
    return "countersign-process";
  }

  /** Above application.properties and the environment, below nothing that is set by us. */
  @Override
  public int getOrdinal() {
    return 450;
  }
}
