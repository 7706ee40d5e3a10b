package countersign.edge.gate;

import countersign.approval.ApprovalId;
import countersign.operation.Decision;
import java.time.Instant;

/** How a hold ended. */
public sealed interface HoldEnd {

  /**
   * It may run.
   *
   * @param judged what may run: the held operation, or the one an approver modified it into
   * @param permit leave to send it, once
   * @param modifiedBy who modified it, empty when it runs as it is
   */
  record Run(Judged judged, Permit permit, String modifiedBy) implements HoldEnd {}

  /** The rules in force now block it. */
  record Blocked(Decision.Blocked decision) implements HoldEnd {}

  /** A person said no. */
  record Denied(String by, String reason, String rule) implements HoldEnd {}

  /** Nobody answered in time. */
  record Expired(String rule) implements HoldEnd {}

  /**
   * It does not wait here: the request outlives the session, and the same operation sent again uses
   * it once it is approved.
   */
  record Filed(ApprovalId id, Instant expires, String rule) implements HoldEnd {}

  /** It was taken back: by the caller, through the API, or by control. */
  record Withdrawn(String why) implements HoldEnd {}

  /** Approval or store did not take what had to be written; nothing ran. */
  record Failed(String why) implements HoldEnd {}
}
