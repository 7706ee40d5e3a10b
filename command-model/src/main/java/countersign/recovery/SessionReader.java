package countersign.recovery;

import countersign.approval.ApprovalEvent;
import countersign.approval.ApprovalId;
import countersign.operation.OperationId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads what a session without an end left in the log. */
final class SessionReader {
  private static final int PAGE = 10_000;
  private static final Set<String> OPERATIONS =
      Set.of(
          "OperationDecided",
          "OperationsDecided",
          "OperationCompleted",
          "OperationsCompleted",
          "OutcomeUnknown");

  private final EventLog log;
  private final long answerSeconds;

  SessionReader(EventLog log, long answerSeconds) {
    this.log = log;
    this.answerSeconds = answerSeconds;
  }

  /**
   * Reads the end of the record first: whatever is appended after that takes the number that the
   * session's ending needs, and the ending is refused.
   */
  SessionRemains read(SessionId session, long openedAt)
      throws InterruptedException, ExecutionException, TimeoutException {
    SessionRemains remains = new SessionRemains(session);
    answer(log.newest(Criterion.session(session, Set.of()))).ifPresent(remains::last);
    if (remains.ended()) {
      return remains;
    }
    answer(log.newest(Criterion.session(session, Set.of("SegmentRecorded"))))
        .ifPresent(stored -> remains.lastSegment((SessionEvent.SegmentRecorded) stored.event()));
    Criterion operations = Criterion.session(session, OPERATIONS);
    long from = openedAt;
    List<StoredEvent> page;
    do {
      page = answer(log.read(from, PAGE, List.of(operations)));
      page.forEach(stored -> remains.note(stored.event()));
      from = page.isEmpty() ? from : page.getLast().position() + 1;
    } while (!page.isEmpty());
    return remains;
  }

  /** Looks which approvals were used: after they were withdrawn, when none can be any more. */
  void readUses(SessionRemains remains)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (ApprovalId approval : remains.heldApprovals()) {
      used(approval).ifPresent(operation -> remains.used(approval, operation));
    }
  }

  /** Whether the request is to outlive the session. */
  boolean isTicket(ApprovalId approval)
      throws InterruptedException, ExecutionException, TimeoutException {
    Criterion request = new Criterion(Set.of("approval=" + approval), Set.of("ApprovalRequested"));
    return answer(log.read(0, 1, List.of(request))).stream()
        .anyMatch(stored ->
            stored.event() instanceof ApprovalEvent.Requested asked && asked.repeat() != null);
  }

  private Optional<OperationId> used(ApprovalId approval)
      throws InterruptedException, ExecutionException, TimeoutException {
    Criterion use = new Criterion(Set.of("approval=" + approval), Set.of("Used"));
    return answer(log.read(0, 1, List.of(use))).stream()
        .map(stored -> ((ApprovalEvent.Used) stored.event()).operation())
        .findFirst();
  }

  private <T> T answer(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(answerSeconds, TimeUnit.SECONDS);
  }
}
