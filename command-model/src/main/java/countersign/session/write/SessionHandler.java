package countersign.session.write;

import countersign.approval.write.People;
import countersign.command.Workers;
import countersign.duty.Rulebook;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.feed.RulebookInForce;
import countersign.session.OversightEvent;
import countersign.session.SessionCommand;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.session.SessionRefused;
import countersign.store.Criterion;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.StoredEvent;
import countersign.store.Tags;
import countersign.store.Urgency;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.axonframework.messaging.commandhandling.CommandHandler;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;

/**
 * Takes what people ask about a session. Completes when the event is durable; fails with {@link
 * SessionRefused} or {@link countersign.port.AppendRefused}. Who may open content is decided by who
 * serves it; here it becomes a record before the first byte.
 */
public final class SessionHandler implements CommandHandler {
  private static final MessageType DONE = new MessageType("countersign.Done", "1");
  private static final int LONGEST_WORDS = 1_000;

  private final EventLog log;
  private final RulebookInForce rulebooks;
  private final Workers workers;
  private final InstantSource clock;

  /** Makes the handler of all session commands. */
  public SessionHandler(
      EventLog log, RulebookInForce rulebooks, Workers workers, InstantSource clock) {
    this.log = log;
    this.rulebooks = rulebooks;
    this.workers = workers;
    this.clock = clock;
  }

  @Override
  public MessageStream.Single<CommandResultMessage> handle(
      CommandMessage message, ProcessingContext context) {
    SessionCommand command =
        SessionCommand.class.cast(Objects.requireNonNull(message.payload(), "payload"));
    return MessageStream.fromFuture(
        workers.run(
            command.session(),
            () -> {
              take(command);
              return new GenericCommandResultMessage(DONE, command.session());
            }));
  }

  private void take(SessionCommand command) throws InterruptedException, ExecutionException {
    SessionEvent.Opened opened = opened(command.session());
    Event event =
        switch (command) {
          case SessionCommand.OpenContent open ->
              new OversightEvent.ContentOpened(
                  open.session(),
                  clock.instant(),
                  open.by(),
                  words("what", open.what()),
                  words("purpose", open.purpose()));
          case SessionCommand.Terminate end -> terminate(end, opened);
        };
    Item item =
        new Item(
            List.of(Draft.of(event, KeyScope.of(command.session()), Tags.of(event))),
            null,
            Urgency.decision);
    Workers.await(log.append(item).toCompletableFuture());
  }

  private Event terminate(SessionCommand.Terminate command, SessionEvent.Opened opened)
      throws InterruptedException, ExecutionException {
    Rulebook rulebook = Workers.await(rulebooks.at(log.knownHead()).toCompletableFuture());
    if (!command.by().powers().contains("respond")
        && !People.own(rulebook, opened.principal(), command.by())) {
      throw new SessionRefused(
          SessionRefused.Kind.notAllowed,
          "by: "
              + command.by().name()
              + " (expected: somebody with the power respond, or one of the session's own people)");
    }
    if (!find(command.session(), Set.of("SessionClosed", "SessionInterrupted")).isEmpty()) {
      throw new SessionRefused(
          SessionRefused.Kind.ended, "session " + command.session() + " has ended");
    }
    return new OversightEvent.TerminateRequested(
        command.session(), clock.instant(), command.by(), words("reason", command.reason()));
  }

  private SessionEvent.Opened opened(SessionId session)
      throws InterruptedException, ExecutionException {
    List<StoredEvent> found = find(session, Set.of("SessionOpened"));
    if (!found.isEmpty()
        && found.getFirst().event() instanceof StoredEvent.Unreadable(_, _, var why)
        && why.equals("erased")) {
      throw new SessionRefused(
          SessionRefused.Kind.erased, "session " + session + " was erased: nothing of it is left");
    }
    return found.stream()
        .map(StoredEvent::event)
        .filter(SessionEvent.Opened.class::isInstance)
        .map(SessionEvent.Opened.class::cast)
        .findFirst()
        .orElseThrow(() ->
            new SessionRefused(
                SessionRefused.Kind.notFound,
                "session: " + session + " (expected: a session that was opened)"));
  }

  private List<StoredEvent> find(SessionId session, Set<String> types)
      throws InterruptedException, ExecutionException {
    return Workers.await(
        log.read(0, 1, List.of(Criterion.session(session, types))).toCompletableFuture());
  }

  private static String words(String name, String words) {
    if (words.length() > LONGEST_WORDS) {
      throw new IllegalArgumentException(
          name + ": " + words.length() + " characters (expected: at most " + LONGEST_WORDS + ")");
    }
    return words;
  }
}
