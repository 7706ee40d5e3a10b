package countersign.view.projections;

import countersign.port.Feed;
import countersign.view.Views;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.axonframework.common.configuration.Configuration;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessor;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessorConfiguration;
import org.axonframework.messaging.eventhandling.processing.streaming.segmenting.EventTrackerStatus;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamableEventSource;

/**
 * The processors that feed the read models: one for each view, so that each can be rebuilt alone.
 * Thread-safe.
 */
public final class ProjectionProcessors implements AutoCloseable {
  private static final int BATCH = 2_048;
  private static final Duration CLAIM_EXTENSION = Duration.ofMillis(800);
  private static final Duration CLAIM_INTERVAL = Duration.ofMillis(800);

  private final Map<String, Projection> projections = new LinkedHashMap<>();
  private final Map<String, Registered> registered = new ConcurrentHashMap<>();
  private final Changes changes = new Changes();
  private final ViewTokens tokens;
  private final ScheduledExecutorService coordinator;
  private final ScheduledExecutorService workers;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();

  /** Feeds these projections through these transactions. */
  public ProjectionProcessors(Transactions transactions, List<Projection> all) {
    all.forEach(projection -> projections.put(projection.view(), projection));
    tokens = new ViewTokens(transactions, changes, UUID.randomUUID().toString());
    coordinator = Executors.newScheduledThreadPool(1, daemon("view-coordinator"));
    workers = Executors.newScheduledThreadPool(all.size(), daemon("view-worker-"));
  }

  private static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  /** Adds a processor for each view; they run while the configuration built from it runs. */
  public EventSourcingConfigurer register(EventSourcingConfigurer configurer) {
    return configurer.messaging(messaging ->
        messaging.eventProcessing(processing ->
            processing.pooledStreaming(pooled -> {
              for (Projection projection : projections.values()) {
                pooled.processor(
                    projection.view(),
                    module ->
                        module
                            .eventHandlingComponents(components ->
                                components.declarative(_ -> new GatheringComponent(projection)))
                            .customized(
                                (axon, processor) -> configure(projection, axon, processor)));
              }
              return pooled;
            })));
  }

  private PooledStreamingEventProcessorConfiguration configure(
      Projection projection,
      Configuration axon,
      PooledStreamingEventProcessorConfiguration processor) {
    registered.put(projection.view(), new Registered(axon, processor));
    return processor
        .tokenStore(tokens)
        .coordinatorExecutor(coordinator)
        .workerExecutor(workers)
        .initialSegmentCount(1)
        .initialToken(source -> source.firstToken(null))
        .batchSize(BATCH)
        .tokenClaimInterval(CLAIM_INTERVAL.toMillis())
        .claimExtensionThreshold(CLAIM_EXTENSION.toMillis())
        // A long batch must not cost the claim: the coordinator keeps it alive.
        .enableCoordinatorClaimExtension()
        .eventCriteria(_ ->
            EventCriteria.havingAnyTag().andBeingOneOfTypes(GatheringComponent.names(projection)));
  }

  /** Calls back after each commit. */
  public Feed.Subscription onChange(Consumer<Views.Changed> changed) {
    return changes.listen(changed);
  }

  /**
   * How far each view is. A token is the position to read next; a view that has nothing left to
   * read is as far as the log, also where the last events are none of its own.
   */
  public CompletableFuture<Views.Lag> lag() {
    Map<String, CompletableFuture<List<Long>>> asked = new LinkedHashMap<>();
    projections.keySet().forEach(view -> asked.put(view, tokens.positions(view)));
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .thenCompose(_ -> head())
        .thenApply(head -> {
          Map<String, Long> seen = new LinkedHashMap<>();
          asked.forEach((view, positions) ->
              seen.put(
                  view,
                  caughtUp(view)
                      ? head
                      : positions.resultNow().stream()
                          .mapToLong(next -> next - 1)
                          .min()
                          .orElse(-1)));
          long slowest = seen.values().stream().mapToLong(Long::longValue).min().orElse(head);
          return new Views.Lag(head, slowest, seen);
        });
  }

  private CompletableFuture<Long> head() {
    return registered.values().stream()
        .findFirst()
        .map(one -> one.source().latestToken(null).thenApply(t -> t.position().orElse(0) - 1))
        .orElseGet(() -> CompletableFuture.completedFuture(-1L));
  }

  private boolean caughtUp(String view) {
    Registered one = registered.get(view);
    if (one == null || !one.processor().isRunning()) {
      return false;
    }
    Map<Integer, EventTrackerStatus> status = one.processor().processingStatus();
    return !status.isEmpty()
        && status.values().stream().allMatch(s -> s.isCaughtUp() && !s.isErrorState());
  }

  /** Whether every processor runs and none is in trouble. */
  public boolean healthy() {
    return registered.size() == projections.size()
        && registered.values().stream()
            .allMatch(one -> one.processor().isRunning() && !one.processor().isError());
  }

  /**
   * Empties a view and feeds it the whole log again; its rows come back while it runs.
   *
   * @return completes when the view is empty and its processor has started again; exceptionally
   *     with {@link NoSuchElementException} for an unknown view
   */
  public CompletableFuture<Void> rebuild(String view) {
    Projection projection = projections.get(view);
    Registered one = registered.get(view);
    if (projection == null || one == null) {
      return CompletableFuture.failedFuture(
          new NoSuchElementException(
              "view: " + view + " (expected: one of " + projections.keySet() + ")"));
    }
    // Starting and stopping a processor waits for the database: never on an event loop.
    return CompletableFuture.runAsync(() -> rebuild(projection, one), blocking);
  }

  private void rebuild(Projection projection, Registered one) {
    one.processor().shutdown().join();
    try {
      TrackingToken first = one.source().firstToken(null).join();
      tokens.reset(projection, first).join();
    } finally {
      // Whether or not the view could be emptied, its processor goes on.
      one.processor().start().join();
    }
  }

  @Override
  public void close() {
    coordinator.shutdownNow();
    blocking.shutdownNow();
    workers.shutdownNow();
  }

  private record Registered(
      Configuration axon, PooledStreamingEventProcessorConfiguration configuration) {
    PooledStreamingEventProcessor processor() {
      return axon.getComponents(PooledStreamingEventProcessor.class).values().stream()
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("processor: not built yet"));
    }

    StreamableEventSource source() {
      return configuration.eventSource();
    }
  }
}
