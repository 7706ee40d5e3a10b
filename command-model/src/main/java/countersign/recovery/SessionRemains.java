package countersign.recovery;

import countersign.approval.ApprovalId;
import countersign.event.Event;
import countersign.operation.DecisionKind;
import countersign.operation.OperationId;
import countersign.session.EdgeId;
import countersign.session.Gap;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.StoredEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an interrupted session left: what it forwarded and waits for, and where its record ends. */
final class SessionRemains {
  private final SessionId session;

  /** Allowed or used, and no end seen. */
  private final Set<OperationId> forwarded = new LinkedHashSet<>();

  /** What would run under an approval that was not used as far as is known. */
  private final Map<ApprovalId, OperationId> held = new LinkedHashMap<>();

  private long lastSeq = -1;
  private Instant lastAt = Instant.EPOCH;
  private boolean ended;
  private long inEnd;
  private long outEnd;

  SessionRemains(SessionId session) {
    this.session = session;
  }

  void note(Event event) {
    switch (event) {
      case SessionEvent.OperationDecided decided -> note(decided);
      case SessionEvent.OperationsDecided several -> several.operations().forEach(this::note);
      case SessionEvent.OperationCompleted completed -> finished(completed.operation());
      case SessionEvent.OperationsCompleted several -> several.operations().forEach(this::note);
      case SessionEvent.OutcomeUnknown unknown -> finished(unknown.operation());
      default -> {
        // Nothing that was forwarded.
      }
    }
  }

  private void note(SessionEvent.OperationDecided decided) {
    if (decided.approval() != null && decided.decision() != DecisionKind.blocked) {
      // Whatever the rules say of it by itself: it runs when the approval is used for it.
      held.put(decided.approval(), decided.operation());
    } else if (decided.decision() == DecisionKind.allowed) {
      forwarded.add(decided.operation());
    }
  }

  private void finished(OperationId operation) {
    forwarded.remove(operation);
    held.values().remove(operation);
  }

  /** Approvals of operations that were held and never ended. */
  Set<ApprovalId> heldApprovals() {
    return Set.copyOf(held.keySet());
  }

  /**
   * The approval was used: its operation may have reached the target. One that an approver put in
   * its place has a decision of its own before a byte of it is sent.
   */
  void used(ApprovalId approval, OperationId operation) {
    if (operation.equals(held.remove(approval))) {
      forwarded.add(operation);
    }
  }

  void lastSegment(SessionEvent.SegmentRecorded segment) {
    inEnd = segment.inFrom() + segment.inLength();
    outEnd = segment.outFrom() + segment.outLength();
  }

  void last(StoredEvent stored) {
    lastSeq = stored.sessionSeq();
    lastAt = stored.at();
    ended =
        stored.event() instanceof SessionEvent.Closed
            || stored.event() instanceof SessionEvent.Interrupted;
  }

  /** Whether somebody ended it meanwhile. */
  boolean ended() {
    return ended;
  }

  long lastSeq() {
    return lastSeq;
  }

  /** The events that end the session, in order: every unknown outcome, then the gap. */
  List<SessionEvent> ending(EdgeId edge, Instant now) {
    List<SessionEvent> events = new ArrayList<>();
    for (OperationId operation : forwarded) {
      events.add(
          new SessionEvent.OutcomeUnknown(
              session, operation, "the edge went away before the target answered"));
    }
    events.add(new SessionEvent.Interrupted(session, edge, new Gap(lastAt, now, inEnd, outEnd)));
    return events;
  }
}
