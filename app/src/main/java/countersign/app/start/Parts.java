package countersign.app.start;

import countersign.identity.Authentication;
import countersign.port.Evidence;
import countersign.port.Feed;
import countersign.port.MerkleLog;
import countersign.port.Proposals;
import countersign.port.Recordings;
import countersign.retention.Forgetting;
import countersign.retention.RetentionLedger;
import countersign.secret.SecretKeeping;
import countersign.store.EventLog;
import countersign.view.configuration.ReadModels;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;

/**
 * Gives Quarkus's beans the parts of the process. They are started before the HTTP server listens
 * and stopped before Quarkus's own parts go; every bean is a proxy, so nobody meets a part too
 * early.
 */
@ApplicationScoped
public class Parts {
  private final Vertx vertx;
  private final ReadModels readModels;
  private final MeterRegistry metrics;
  private final Instance<Forgetting> forgetting;
  private volatile @Nullable Gateway gateway;

  @Inject
  Parts(
      Vertx vertx,
      ReadModels readModels,
      MeterRegistry metrics,
      @Any Instance<Forgetting> forgetting) {
    this.forgetting = forgetting;
    this.vertx = vertx;
    this.readModels = readModels;
    this.metrics = metrics;
  }

  void start(@Observes StartupEvent event) {
    gateway = new Gateway(Plan.current(), vertx, readModels, metrics, forgetting.stream().toList());
  }

  void stop(@Observes ShutdownEvent event) {
    Gateway running = gateway;
    if (running != null) {
      running.close();
    }
  }

  /** Whether the parts have started and none was stopped. */
  public boolean started() {
    return gateway != null;
  }

  private Gateway running() {
    Gateway running = gateway;
    if (running == null) {
      throw new IllegalStateException("the parts have not started");
    }
    return running;
  }

  @Produces
  @ApplicationScoped
  Feed feed() {
    return running().feed();
  }

  @Produces
  @ApplicationScoped
  Proposals proposals() {
    return running().proposals();
  }

  @Produces
  @ApplicationScoped
  MerkleLog merkle() {
    return running().merkle();
  }

  @Produces
  @ApplicationScoped
  RetentionLedger ledger() {
    return running().ledger();
  }

  @Produces
  @ApplicationScoped
  SecretKeeping secrets() {
    return running().secrets();
  }

  @Produces
  @ApplicationScoped
  Evidence evidence() {
    return running().evidence();
  }

  @Produces
  @ApplicationScoped
  Recordings recordings() {
    return running().recordings();
  }

  @Produces
  @ApplicationScoped
  Authentication authentication() {
    return running().authentication();
  }

  @Produces
  @ApplicationScoped
  CommandGateway commands() {
    return running().commands();
  }

  @Produces
  @ApplicationScoped
  EventLog log() {
    return running().log();
  }
}
