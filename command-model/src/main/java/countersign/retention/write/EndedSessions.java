package countersign.retention.write;

import countersign.command.Workers;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Reads how a session began and ended. Blocks: for virtual threads. */
record EndedSessions(EventLog log) {
  private static final Set<String> ENDS = Set.of("SessionClosed", "SessionInterrupted");

  /**
   * A session.
   *
   * @param opened how it began; null when that cannot be read, because it was erased
   * @param openedAt when
   * @param endedAt when it ended, null while it is open
   */
  record Found(
      SessionId session,
      SessionEvent.@Nullable Opened opened,
      Instant openedAt,
      @Nullable Instant endedAt) {}

  /** Finds a session; empty when there is none of that id. */
  Optional<Found> find(SessionId session) throws InterruptedException, ExecutionException {
    Optional<StoredEvent> first = first(session, Set.of("SessionOpened"));
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Instant ended = first(session, ENDS).map(StoredEvent::at).orElse(null);
    StoredEvent opened = first.get();
    return Optional.of(
        new Found(
            session,
            opened.event() instanceof SessionEvent.Opened readable ? readable : null,
            opened.at(),
            ended));
  }

  private Optional<StoredEvent> first(SessionId session, Set<String> types)
      throws InterruptedException, ExecutionException {
    return Workers.await(
            log.read(0, 1, List.of(Criterion.session(session, types))).toCompletableFuture())
        .stream()
        .findFirst();
  }
}
