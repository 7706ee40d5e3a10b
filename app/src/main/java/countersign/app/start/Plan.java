package countersign.app.start;

import countersign.app.demo.DemoIdentityProvider;
import countersign.app.tls.EdgeCertificates;
import countersign.deciding.configuration.Configuration;
import countersign.log.LogSettings;
import countersign.store.StoreSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is settled before Quarkus starts; immutable. One a process.
 *
 * @param data directory of keys and certificates
 * @param configuration the configuration, read and found right
 * @param store where the log is
 * @param http address and port of API and UI
 * @param edge address and port of the PostgreSQL edge
 * @param portOffset added to the targets' own ports
 * @param publicUrl what links begin with, without a slash at the end
 * @param tls the edges' certificates
 * @param demo the demo's identity provider; null outside the demo
 * @param stopping knows whether a stop was asked for on the way up
 * @param talk what is told once everything serves
 */
public record Plan(
    Path data,
    Configuration configuration,
    StoreSettings store,
    Address http,
    Address edge,
    int portOffset,
    String publicUrl,
    EdgeCertificates.Pem tls,
    @Nullable DemoIdentityProvider demo,
    Stopping stopping,
    Runnable talk) {
  private static volatile @Nullable Plan current;

  /** Where something listens. */
  public record Address(String host, int port) {}

  /** The process's plan, for what Quarkus makes. */
  static Plan current() {
    Plan plan = current;
    if (plan == null) {
      throw new IllegalStateException("nothing was planned: demo and start set the plan");
    }
    return plan;
  }

  /** How the Merkle log is kept. */
  LogSettings logSettings() {
    return LogPlan.of(configuration, data, publicUrl, System.getenv());
  }

  /** Makes this the process's plan. */
  void use() {
    current = this;
  }

  @Override
  public String toString() {
    return "Plan[http=%s, edge=%s, publicUrl=%s]".formatted(http, edge, publicUrl);
  }
}
