package countersign.retention.write;

import countersign.command.Workers;
import countersign.port.AppendRefused;
import countersign.retention.RetentionCommand;
import countersign.retention.RetentionEvent;
import countersign.retention.RetentionLedger.Hold;
import countersign.retention.RetentionRefused;
import countersign.retention.RetentionRefused.Kind;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.EventLog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.axonframework.messaging.commandhandling.CommandHandler;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;

/**
 * Takes what people ask about holds and erasures. Completes when the event is durable; fails with
 * {@link RetentionRefused} or {@link AppendRefused}. All of them are judged on the whole stream of
 * retention and appended under the condition that it did not grow, so that a hold and an erasure
 * that meet are one after the other.
 */
public final class RetentionHandler implements CommandHandler {
  private static final MessageType DONE = new MessageType("countersign.Done", "1");
  private static final int LONGEST_REASON = 1_000;
  private static final int ATTEMPTS = 10;

  private final Ledger ledger;
  private final EndedSessions sessions;
  private final Workers workers;
  private final InstantSource clock;
  private final Runnable requested;

  /**
   * Makes the handler of all of them.
   *
   * @param requested called after an erasure became durable; must not block
   */
  public RetentionHandler(
      EventLog log, Ledger ledger, Workers workers, InstantSource clock, Runnable requested) {
    this.ledger = ledger;
    this.sessions = new EndedSessions(log);
    this.workers = workers;
    this.clock = clock;
    this.requested = requested;
  }

  @Override
  public MessageStream.Single<CommandResultMessage> handle(
      CommandMessage message, ProcessingContext context) {
    RetentionCommand command =
        RetentionCommand.class.cast(Objects.requireNonNull(message.payload(), "payload"));
    return MessageStream.fromFuture(
        workers.run(
            RetentionEvent.STREAM,
            () -> {
              take(command);
              return new GenericCommandResultMessage(DONE, RetentionEvent.STREAM);
            }));
  }

  void take(RetentionCommand command) throws InterruptedException, ExecutionException {
    int length = command.reason().strip().length();
    if (length == 0 || length > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason: " + length + " characters (expected: 1 to " + LONGEST_REASON + ")");
    }
    for (int left = ATTEMPTS - 1; ; left--) {
      try {
        switch (command) {
          case RetentionCommand.PlaceHold place -> place(place);
          case RetentionCommand.LiftHold lift -> lift(lift);
          case RetentionCommand.Erase erase -> erase(erase);
        }
        return;
      } catch (ExecutionException e) {
        if (left == 0 || !lostRace(e)) {
          throw e;
        }
      }
    }
  }

  static boolean lostRace(ExecutionException failure) {
    return failure.getCause() instanceof AppendRefused refused
        && refused.reason() == AppendRefused.Reason.condition;
  }

  private void place(RetentionCommand.PlaceHold command)
      throws InterruptedException, ExecutionException {
    requirePower(command, "audit");
    SessionId session = command.session();
    if ((session == null) == command.principal().isBlank()) {
      throw new IllegalArgumentException("hold: (expected: a session or a principal, not both)");
    }
    if (command.principal().length() > 200) {
      throw new IllegalArgumentException(
          "principal: " + command.principal().length() + " characters (expected: at most 200)");
    }
    if (session != null && sessions.find(session).isEmpty()) {
      throw notFound(session);
    }
    long seen =
        ledger.ask(state -> {
          if (session != null && state.erased(session)) {
            throw new RetentionRefused(Kind.erased, "session " + session + " is erased already");
          }
          return state.seen();
        });
    ledger.append(
        new RetentionEvent.HoldPlaced(
            RetentionEvent.STREAM,
            command.id(),
            clock.instant(),
            session,
            command.principal().strip(),
            command.by(),
            command.reason().strip()),
        seen);
  }

  private void lift(RetentionCommand.LiftHold command)
      throws InterruptedException, ExecutionException {
    requirePower(command, "audit");
    long seen =
        ledger.ask(state -> {
          Hold hold =
              state
                  .hold(command.id())
                  .orElseThrow(() ->
                      new RetentionRefused(
                          Kind.notFound, "hold: " + command.id() + " (expected: a hold)"));
          if (hold.liftedAt() != null) {
            throw new RetentionRefused(
                Kind.lifted, "hold " + command.id() + " was lifted at " + hold.liftedAt());
          }
          return state.seen();
        });
    ledger.append(
        new RetentionEvent.HoldLifted(
            RetentionEvent.STREAM,
            command.id(),
            clock.instant(),
            command.by(),
            command.reason().strip()),
        seen);
  }

  private void erase(RetentionCommand.Erase command)
      throws InterruptedException, ExecutionException {
    requirePower(command, "administer");
    int count = command.sessions().size();
    if (count == 0 || count > RetentionCommand.Erase.MOST) {
      throw new IllegalArgumentException(
          "sessions: " + count + " (expected: 1 to " + RetentionCommand.Erase.MOST + ")");
    }
    List<SessionId> open = ledger.ask(state -> notErased(command, state));
    if (open.isEmpty()) {
      return;
    }
    List<EndedSessions.Found> found = new ArrayList<>();
    for (SessionId session : open) {
      found.add(sessions.find(session).orElseThrow(() -> notFound(session)));
    }
    long seen =
        ledger.ask(state -> {
          found.forEach(one -> requireErasable(one, command, state));
          return state.seen();
        });
    ledger.append(
        new RetentionEvent.ErasureRequested(
            RetentionEvent.STREAM,
            command.id(),
            clock.instant(),
            found.stream().map(RetentionHandler::erased).toList(),
            "request",
            command.by(),
            command.reason().strip()),
        seen);
    requested.run();
  }

  private static List<SessionId> notErased(RetentionCommand.Erase command, RetentionState state) {
    return command.sessions().stream()
        .filter(session -> !state.erased(session))
        .sorted(Comparator.comparing(SessionId::value))
        .toList();
  }

  private static void requireErasable(
      EndedSessions.Found found, RetentionCommand.Erase command, RetentionState state) {
    if (found.endedAt() == null) {
      throw new RetentionRefused(
          Kind.open,
          "session " + found.session() + " is open (expected: one that has ended; terminate it)");
    }
    SessionEvent.Opened opened = found.opened();
    if (opened == null) {
      throw new RetentionRefused(
          Kind.erased, "session " + found.session() + ": its beginning cannot be read any more");
    }
    if (!command.principal().isEmpty()
        && !RetentionState.names(opened.principal(), command.principal())) {
      throw new RetentionRefused(
          Kind.notFound,
          "session " + found.session() + " (expected: a session of " + command.principal() + ")");
    }
    Hold hold = state.holding(found.session(), opened.principal());
    if (hold != null) {
      throw new RetentionRefused(
          Kind.held,
          "session "
              + found.session()
              + " is under the legal hold "
              + hold.id()
              + " (expected: no hold; lift it first)");
    }
  }

  static RetentionEvent.ErasedSession erased(EndedSessions.Found found) {
    return new RetentionEvent.ErasedSession(
        found.session(), found.openedAt(), Objects.requireNonNull(found.endedAt()));
  }

  private static void requirePower(RetentionCommand command, String power) {
    if (!command.by().powers().contains(power)) {
      throw new RetentionRefused(
          Kind.notAllowed,
          "by: " + command.by().name() + " (expected: somebody with the power " + power + ")");
    }
  }

  private static RetentionRefused notFound(SessionId session) {
    return new RetentionRefused(
        Kind.notFound, "session: " + session + " (expected: a session that was opened)");
  }
}
