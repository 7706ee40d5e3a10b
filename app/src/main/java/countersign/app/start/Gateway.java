package countersign.app.start;

import countersign.CommandModelConfiguration;
import countersign.app.identity.OidcTokens;
import countersign.app.identity.ReferencedSecrets;
import countersign.app.observe.LogMetrics;
import countersign.app.observe.MeteredAppend;
import countersign.command.Workers;
import countersign.deciding.configuration.RulebookChanges;
import countersign.edge.EdgeSettings;
import countersign.edge.grammar.Parsers;
import countersign.edge.protocol.postgres.PostgresEdge;
import countersign.evidence.make.Bundles;
import countersign.evidence.make.EvidenceSettings;
import countersign.evidence.make.KeptLog;
import countersign.feed.LogFeed;
import countersign.identity.Authentication;
import countersign.log.LogKeeping;
import countersign.port.Append;
import countersign.port.Evidence;
import countersign.port.Feed;
import countersign.port.MerkleLog;
import countersign.port.Proposals;
import countersign.port.Recordings;
import countersign.recovery.Recovery;
import countersign.retention.Forgetting;
import countersign.retention.RetentionLedger;
import countersign.retention.write.DeclareRetention;
import countersign.retention.write.Erasing;
import countersign.retention.write.Ledger;
import countersign.retention.write.WhenErasureIsRequestedThenErase;
import countersign.retention.write.WhenRetentionEndsThenErase;
import countersign.secret.SecretKeeping;
import countersign.secret.write.SetSecret;
import countersign.session.EdgeId;
import countersign.store.DatabaseFiles;
import countersign.store.EventLog;
import countersign.store.Store;
import countersign.store.sealing.SealedSessions;
import countersign.view.configuration.ProjectionsConfiguration;
import countersign.view.configuration.ReadModels;
import countersign.wire.postgres.grammar.Grammars;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jboss.logging.Logger;

/**
 * The parts of one process, put together. Started in the order in which they need each other:
 * store, feed, command model with read models, the configuration's proposal, recovery of what a
 * killed process left open, and only then the edge that lets callers in. Stopped the other way
 * round.
 */
final class Gateway implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Gateway.class);
  private static final long PATIENCE_SECONDS = 60;

  private final Stopping parts = new Stopping();
  private final EventLog log;
  private final Store store;
  private final LogFeed feed;
  private final OidcTokens authentication;
  private final AxonConfiguration axon;
  private final LogKeeping merkle;
  private final Ledger ledger;
  private final SetSecret secrets;
  private final Bundles evidence;

  /** Starts everything; what was started is stopped again when a part of it fails. */
  Gateway(
      Plan plan,
      Vertx vertx,
      ReadModels readModels,
      MeterRegistry metrics,
      List<Forgetting> forgetting) {
    Clock clock = Clock.systemUTC();
    try {
      Vertx writing = Loops.store();
      parts.add("store loop", () -> Loops.end(writing));
      store = Store.open(plan.store(), writing, vertx);
      log = store;
      parts.add("store", store);
      feed = CommandModelConfiguration.feed(log);
      parts.add("feed", feed);
      await("feed", feed.start());
      merkle = LogKeeping.start(plan.logSettings(), plan.store(), log, clock);
      parts.add("log", merkle);
      LogMetrics.register(merkle, metrics);
      Workers workers = new Workers();
      parts.add("command workers", workers);
      EventSourcingConfigurer configurer = EventSourcingConfigurer.create();
      CommandModelConfiguration.register(configurer, log, feed, workers, clock);
      ledger = new Ledger(log);
      Semaphore erasure = new Semaphore(0);
      CommandModelConfiguration.registerRetention(
          configurer, log, ledger, workers, clock, erasure::release);
      ProjectionsConfiguration.register(configurer, readModels, new SealedSessions(store.keys()));
      axon = configurer.build();
      parts.add("commands and read models", axon::shutdown);
      axon.start();
      authentication = new OidcTokens(plan.configuration().oidc(), feed::rulebook, clock);
      parts.add("authentication", authentication);
      secrets = new SetSecret(log, store.secrets(), clock);
      parts.add("secrets", secrets);
      propose(plan);
      evidence =
          Bundles.start(
              EvidenceSettings.ordinary(plan.data().resolve("evidence")),
              log,
              store.raw(),
              new KeptLog(merkle),
              clock);
      parts.add("evidence", evidence);
      startErasing(plan, readModels, forgetting, erasure, clock);
      startEdge(plan, metrics, clock);
    } catch (IOException e) {
      parts.end();
      throw new Failure(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      parts.end();
      throw e;
    }
  }

  /** The file proposes; from here on the events say what is in force. */
  private void propose(Plan plan) {
    long position =
        await(
            "configuration",
            CommandModelConfiguration.configuration(log).declare(plan.configuration()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (feed.rulebook().version() < position) {
      if (System.nanoTime() > deadline) {
        throw new Failure("configuration: not in force after " + PATIENCE_SECONDS + " s");
      }
      pause();
    }
  }

  /** Also what was requested before a crash: it goes on where it stood. */
  private void startErasing(
      Plan plan,
      ReadModels readModels,
      List<Forgetting> forgetting,
      Semaphore erasure,
      Clock clock) {
    await(
        "retention",
        new DeclareRetention(ledger).declare(plan.configuration().retention(), RulebookChanges.BY));
    List<Forgetting> all = new ArrayList<>();
    all.add(store.recent());
    all.add(new ReadModelRows(readModels));
    all.addAll(forgetting);
    all.add(evidence);
    all.add(new DatabaseFiles(plan.store()));
    // No feed of this release passes content on to anybody.
    Erasing erasing = new Erasing(log, ledger, store.keys()::erase, all, List.of(), clock);
    var automation = new WhenErasureIsRequestedThenErase(erasing, erasure);
    automation.start();
    parts.add("erasing", automation);
    var retention = new WhenRetentionEndsThenErase(log, ledger, feed, clock, erasure::release);
    retention.start();
    parts.add("retention", retention);
  }

  private void startEdge(Plan plan, MeterRegistry metrics, Clock clock) {
    EdgeId edge = EdgeId.next();
    Recovery recovery = CommandModelConfiguration.recovery(log, axon, clock);
    await("edge", recovery.startEdge(edge, hostName()));
    Recovery.Recovered recovered = await("recovery", recovery.recover(edge));
    if (recovered.sessions() > 0) {
      LOG.infof(
          "recovered sessions=%d unknown=%d withdrawn=%d",
          recovered.sessions(), recovered.unknown(), recovered.withdrawn());
    }
    var expiry = CommandModelConfiguration.expiry(log, axon, clock);
    expiry.start();
    parts.add("expiry", expiry);
    Append append = new MeteredAppend(CommandModelConfiguration.append(log, axon), feed, metrics);
    EventLoopGroup loops = Loops.edge();
    parts.add("edge loops", () -> Loops.end(loops));
    Parsers parsers = new Parsers();
    parts.add("parsers", parsers);
    parsers.prepare(Grammars.NEWEST);
    PostgresEdge postgres =
        new PostgresEdge(
            new EdgeSettings(
                edge,
                plan.edge().host(),
                plan.edge().port(),
                plan.portOffset(),
                plan.tls().certificate(),
                plan.tls().key(),
                plan.configuration().listen().plaintextLoopback(),
                plan.publicUrl(),
                store.derivedKey("countersign/masking/v1")),
            loops,
            append,
            feed,
            authentication,
            new ReferencedSecrets(
                plan.configuration()::secrets,
                System.getenv(),
                plan.data().resolve("secrets"),
                store.secrets()::read),
            parsers);
    parts.add("edge", postgres::stop);
    metrics.gauge("countersign.edge.unsynced.bytes", postgres, PostgresEdge::unsyncedBytes);
    postgres.start();
  }

  Proposals proposals() {
    return feed;
  }

  Feed feed() {
    return feed;
  }

  EventLog log() {
    return log;
  }

  MerkleLog merkle() {
    return merkle;
  }

  RetentionLedger ledger() {
    return ledger;
  }

  SecretKeeping secrets() {
    return secrets;
  }

  Evidence evidence() {
    return evidence;
  }

  Recordings recordings() {
    return store.recordings();
  }

  Authentication authentication() {
    return authentication;
  }

  CommandGateway commands() {
    return axon.getComponent(CommandGateway.class);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }

  private static <T> T await(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new Failure(what + ": " + cause.getMessage());
    } catch (TimeoutException _) {
      throw new Failure(what + ": no answer within " + PATIENCE_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(what + ": interrupted");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  /** Stops everything, the edge first. Idempotent. */
  @Override
  public void close() {
    parts.end();
  }
}
