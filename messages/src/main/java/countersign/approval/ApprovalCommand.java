package countersign.approval;

import countersign.identity.Principal;
import countersign.operation.OperationId;
import java.time.Instant;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.jspecify.annotations.Nullable;

/** What may be asked of an approval. */
public sealed interface ApprovalCommand {

  /** The approval it is about. */
  ApprovalId id();

  /** Commands of the edge that holds the operation. */
  sealed interface FromEdge extends ApprovalCommand {}

  /** Commands of people, through the API. */
  sealed interface FromPerson extends ApprovalCommand {
    /** Who answers, authenticated. */
    Principal by();
  }

  /**
   * An operation is held.
   *
   * @param expires when silence becomes no
   * @param repeat what finds the request when the caller sends the operation again, see {@link
   *     countersign.operation.OperationDigest#ofRepeat}; null where only the session that waits may
   *     use it
   */
  record Request(
      @TargetEntityId ApprovalId id, HeldOperation held, Instant expires, @Nullable String repeat)
      implements FromEdge {}

  /**
   * The edge is about to run the operation: uses the approval up, once.
   *
   * @param operation what will run: the held one, or the one an approver modified it into
   * @param digest digest of exactly what will run, over the duties that held it
   */
  record Use(@TargetEntityId ApprovalId id, OperationId operation, String digest)
      implements FromEdge {}

  /** The caller gave up ({@code cancelled}), left ({@code disconnected}), or the target did. */
  record Withdraw(@TargetEntityId ApprovalId id, String why) implements FromEdge {}

  /** Its time is over. Sent by control. */
  record Expire(@TargetEntityId ApprovalId id) implements ApprovalCommand {}

  /** Lets it run as it is. */
  record Approve(@TargetEntityId ApprovalId id, Principal by) implements FromPerson {}

  /** Refuses it, with words for the caller. */
  record Deny(@TargetEntityId ApprovalId id, Principal by, String reason) implements FromPerson {}

  /** Lets another text run in its place. */
  record Modify(@TargetEntityId ApprovalId id, Principal by, String text) implements FromPerson {}

  /** The caller takes the request back through the API. */
  record WithdrawByCaller(@TargetEntityId ApprovalId id, Principal by) implements FromPerson {}
}
