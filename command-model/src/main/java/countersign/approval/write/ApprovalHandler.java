package countersign.approval.write;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.command.Workers;
import countersign.duty.Rulebook;
import countersign.feed.RulebookInForce;
import countersign.store.axon.EventAppends;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.messaging.commandhandling.CommandHandler;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.jspecify.annotations.Nullable;

/**
 * Runs one slice on the command bus: sources the approval, decides, and appends under the condition
 * that neither the approval nor the rulebook changed since. Completes when the events are durable;
 * fails with {@link countersign.approval.ApprovalRefused} or {@link
 * countersign.port.AppendRefused}.
 *
 * @param <C> the command
 */
public final class ApprovalHandler<C extends ApprovalCommand> implements CommandHandler {
  private static final EventCriteria RULEBOOK =
      EventCriteria.havingTags("configuration", "rulebook");
  private static final MessageType DONE = new MessageType("countersign.Done", "1");

  private final Class<C> type;
  private final Slice<C> slice;
  private final EventStorageEngine engine;
  private final RulebookInForce rulebooks;
  private final Workers workers;
  private final InstantSource clock;

  /** Makes a handler of one slice. */
  public ApprovalHandler(
      Class<C> type,
      Slice<C> slice,
      EventStorageEngine engine,
      RulebookInForce rulebooks,
      Workers workers,
      InstantSource clock) {
    this.type = type;
    this.slice = slice;
    this.engine = engine;
    this.rulebooks = rulebooks;
    this.workers = workers;
    this.clock = clock;
  }

  @Override
  public MessageStream.Single<CommandResultMessage> handle(
      CommandMessage message, ProcessingContext context) {
    C command = type.cast(Objects.requireNonNull(message.payload(), "payload"));
    return MessageStream.fromFuture(
        workers.run(
            command.id(),
            () -> {
              attempt(command);
              return new GenericCommandResultMessage(DONE, command.id());
            }));
  }

  private void attempt(C command) throws InterruptedException, ExecutionException {
    EventCriteria approval = EventCriteria.havingTags("approval", command.id().value());
    Sourced sourced = source(command.id(), approval);
    Rulebook rulebook =
        Workers.await(
            rulebooks
                .at(GlobalIndexConsistencyMarker.position(sourced.marker()))
                .toCompletableFuture());
    Decided decided =
        slice.decide(sourced.state(), command, new Situation(clock.instant(), rulebook));
    if (!decided.events().isEmpty()) {
      Workers.await(
          EventAppends.append(engine, decided.events(), approval.or(RULEBOOK), sourced.marker()));
    }
    if (decided.refusal() != null) {
      throw decided.refusal();
    }
  }

  private Sourced source(ApprovalId id, EventCriteria criteria)
      throws InterruptedException, ExecutionException {
    return Workers.await(
        EventAppends.source(
            engine,
            criteria,
            new Sourced(Approval.NONE, ConsistencyMarker.ORIGIN),
            (sourced, event, marker) ->
                new Sourced(
                    evolved(sourced.state(), id, event),
                    marker == null ? sourced.marker() : marker)));
  }

  private static Approval evolved(Approval state, ApprovalId id, @Nullable Object event) {
    return switch (event) {
      case null -> state;
      case ApprovalEvent next -> Approval.evolve(state, next);
      default ->
          throw new IllegalStateException(
              id
                  + ": "
                  + event.getClass().getSimpleName()
                  + " (expected: an event that can be read)");
    };
  }

  private record Sourced(Approval state, ConsistencyMarker marker) {}
}
