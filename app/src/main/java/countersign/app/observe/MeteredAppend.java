package countersign.app.observe;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalId;
import countersign.operation.DecisionKind;
import countersign.port.Append;
import countersign.port.AppendRefused;
import countersign.port.Feed;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what passes through the Append port, and changes nothing of it. Metrics carry
 * kinds and counts only, never a name, a text or an id.
 */
public final class MeteredAppend implements Append {
  private final Append append;
  private final Feed feed;
  private final Set<SessionId> open = ConcurrentHashMap.newKeySet();
  private final Set<ApprovalId> held = ConcurrentHashMap.newKeySet();
  private final Timer latency;
  private final Map<AppendRefused.Reason, Counter> refused =
      new EnumMap<>(AppendRefused.Reason.class);
  private final Map<DecisionKind, Counter> decided = new EnumMap<>(DecisionKind.class);

  /** Measures an append. */
  public MeteredAppend(Append append, Feed feed, MeterRegistry registry) {
    this.append = append;
    this.feed = feed;
    registry.gauge("countersign.sessions.open", open, Set::size);
    registry.gauge("countersign.operations.held", held, Set::size);
    latency =
        Timer.builder("countersign.append")
            .description("time until events are durable")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    for (AppendRefused.Reason reason : AppendRefused.Reason.values()) {
      refused.put(reason, registry.counter("countersign.append.refused", "reason", reason.name()));
    }
    for (DecisionKind kind : DecisionKind.values()) {
      decided.put(kind, registry.counter("countersign.operations", "decision", kind.name()));
    }
  }

  @Override
  public CompletionStage<Void> append(
      SessionId session, long firstSeq, List<? extends SessionEvent> events) {
    long from = System.nanoTime();
    return append
        .append(session, firstSeq, events)
        .whenComplete((_, failure) -> {
          latency.record(System.nanoTime() - from, TimeUnit.NANOSECONDS);
          if (failure == null) {
            events.forEach(event -> count(session, event));
          } else {
            open.remove(session);
            countRefusal(failure);
          }
        });
  }

  @Override
  public CompletionStage<Void> submit(ApprovalCommand.FromEdge command) {
    return append
        .submit(command)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            countRefusal(failure);
          } else if (command instanceof ApprovalCommand.Request request) {
            held.add(request.id());
            // Not kept: it ends itself with the outcome, which every approval has.
            var _ = feed.onOutcome(request.id(), _ -> held.remove(request.id()));
          }
        });
  }

  private void count(SessionId session, SessionEvent event) {
    switch (event) {
      case SessionEvent.Opened _ -> open.add(session);
      case SessionEvent.Closed _ -> open.remove(session);
      case SessionEvent.Interrupted _ -> open.remove(session);
      case SessionEvent.OperationDecided one -> count(one.decision());
      case SessionEvent.OperationsDecided many ->
          many.operations().forEach(one -> count(one.decision()));
      case SessionEvent.OperationCompleted _,
          SessionEvent.OperationsCompleted _,
          SessionEvent.MaskingApplied _,
          SessionEvent.MaskingsApplied _,
          SessionEvent.LeaseIssued _,
          SessionEvent.LeaseEnded _,
          SessionEvent.OutcomeUnknown _,
          SessionEvent.SegmentRecorded _ -> {}
    }
  }

  private void count(DecisionKind kind) {
    Counter counter = decided.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  private void countRefusal(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof AppendRefused known) {
      Counter counter = refused.get(known.reason());
      if (counter != null) {
        counter.increment();
      }
    }
  }
}
