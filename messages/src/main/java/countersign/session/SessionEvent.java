package countersign.session;

import countersign.approval.ApprovalId;
import countersign.event.Clear;
import countersign.event.Event;
import countersign.event.FormerlyClear;
import countersign.identity.Principal;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.jspecify.annotations.Nullable;

/**
 * What happens in one session. Its edge is the only writer and numbers the events from 0 without a
 * hole; {@link Interrupted} is written by control for an edge that is gone, and continues the
 * numbers.
 */
public sealed interface SessionEvent extends Event {

  /** The session these events belong to. */
  SessionId session();

  /**
   * A principal was authenticated and a target chosen. Written before the target is dialled.
   *
   * @param edge incarnation of the edge
   * @param protocol {@code postgres}, {@code ssh} …
   * @param recording loss contract in force: {@code statement}, {@code strict} or {@code buffered}
   * @param database database at the target, empty where the protocol has none
   * @param role role at the target that the injected credential logs in as; a role leased to the
   *     session is made by it, see {@link LeaseIssued}
   * @param client address and port of the caller
   * @param application what the client calls itself, unverified
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "SessionOpened", version = "1")
  record Opened(
      @Clear SessionId session,
      @Clear @EventTag(key = "edge") EdgeId edge,
      @Clear String protocol,
      @Clear String recording,
      Principal principal,
      String target,
      String database,
      String role,
      String client,
      String application)
      implements SessionEvent {}

  /**
   * The session ended and everything of it is durable.
   *
   * @param segments number of {@link SegmentRecorded}
   * @param bytesIn bytes recorded from the caller
   * @param bytesOut bytes recorded to the caller
   * @param end why: {@code client}, {@code target}, {@code edge}, {@code refused}
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "SessionClosed", version = "1")
  record Closed(
      @Clear SessionId session,
      @Clear @EventTag(key = "edge") EdgeId edge,
      @Clear long segments,
      @Clear long bytesIn,
      @Clear long bytesOut,
      @Clear String end,
      String detail)
      implements SessionEvent {}

  /** The edge went away with the session open; what may be missing is declared. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "SessionInterrupted",
      version = "1")
  record Interrupted(
      @Clear SessionId session, @Clear @EventTag(key = "edge") EdgeId edge, @Clear Gap gap)
      implements SessionEvent {}

  /**
   * The gate decided one operation. Durable before a byte of it reaches the target (a plain read:
   * before a byte of its answer reaches the caller).
   *
   * @param operation the operation
   * @param decision what was decided
   * @param effects what it does
   * @param dutiesAt version of the rulebook that decided
   * @param digest SHA-256 in lower-case hex, see {@link countersign.operation.OperationDigest};
   *     sealed, because who has it can guess what it is of
   * @param approval the approval it waits for or runs under
   * @param replaces the operation that an approver modified into this one
   * @param text the exact operation, never shortened
   * @param binds bind values decoded for reading; null stands for SQL NULL
   * @param facts what was read out of the text
   * @param rule rule that decided, as {@code duty/rule number}
   * @param reason why, in words for a person
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "OperationDecided",
      version = "2")
  record OperationDecided(
      @Clear SessionId session,
      @Clear OperationId operation,
      @Clear DecisionKind decision,
      @Clear Set<Effect> effects,
      @Clear long dutiesAt,
      @FormerlyClear(until = 1) String digest,
      @Clear @Nullable ApprovalId approval,
      @Clear @Nullable OperationId replaces,
      @Clear boolean byEdge,
      String text,
      List<@Nullable String> binds,
      Facts facts,
      String rule,
      String reason)
      implements SessionEvent {}

  /**
   * Plain reads of one session that fell into one flush, in order; where the loss contract is
   * {@code buffered}, those of a tenth of a second.
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "OperationsDecided",
      version = "1")
  record OperationsDecided(@Clear SessionId session, List<OperationDecided> operations)
      implements SessionEvent {}

  /**
   * A forwarded operation ended and the target said how.
   *
   * @param outcome {@code ok}, {@code error} or {@code cancelled}
   * @param status SQLSTATE, exit status or HTTP status; {@code 00000} for PostgreSQL's success
   * @param rows rows returned or affected, -1 when not known
   * @param bytes bytes of the answer
   * @param micros duration in microseconds
   * @param tag the target's own words for success, such as {@code DELETE 1}
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "OperationCompleted",
      version = "1")
  record OperationCompleted(
      @Clear SessionId session,
      @Clear OperationId operation,
      @Clear String outcome,
      @Clear String status,
      @Clear long rows,
      @Clear long bytes,
      @Clear long micros,
      String tag)
      implements SessionEvent {}

  /** Ends of plain reads of one session within a tenth of a second, in order. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "OperationsCompleted",
      version = "1")
  record OperationsCompleted(@Clear SessionId session, List<OperationCompleted> operations)
      implements SessionEvent {}

  /** A forwarded operation whose end nobody saw: the target or the edge died between. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "OutcomeUnknown",
      version = "1")
  record OutcomeUnknown(@Clear SessionId session, @Clear OperationId operation, String reason)
      implements SessionEvent {}

  /**
   * Values of an operation's answer were masked; before the operation's end.
   *
   * @param masked what and how often, without any value
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "MaskingApplied",
      version = "1")
  record MaskingApplied(
      @Clear SessionId session, @Clear OperationId operation, List<MaskedFields> masked)
      implements SessionEvent {
    public MaskingApplied {
      masked = List.copyOf(masked);
    }
  }

  /** What was masked in answers of plain reads within a tenth of a second, in order. */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "MaskingsApplied",
      version = "1")
  record MaskingsApplied(@Clear SessionId session, List<MaskingApplied> operations)
      implements SessionEvent {}

  /**
   * Fields that one rule masked in one column.
   *
   * @param rule such as {@code orders/mask 1}; {@code doubt} for what nobody could rule out
   * @param column name of the column as the caller saw it, or of what else was masked
   * @param found what a detector found, empty for a whole field
   * @param method {@code hide}, {@code last4}, {@code hash} or {@code null}
   * @param fields how many
   */
  record MaskedFields(String rule, String column, String found, String method, long fields) {}

  /**
   * A role was made at the target for this session alone, and the session logs in as it.
   *
   * @param until when its password stops to count
   * @param role name of the role
   * @param reads globs over relations that it was granted to read, those of each member of the
   *     chain in one text
   * @param relations how many relations that were
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "LeaseIssued", version = "1")
  record LeaseIssued(
      @Clear SessionId session,
      @Clear Instant until,
      @Clear long relations,
      String role,
      List<String> reads)
      implements SessionEvent {
    public LeaseIssued {
      reads = List.copyOf(reads);
    }
  }

  /**
   * A leased role is gone, or never came to be.
   *
   * @param end {@code dropped} with the session; {@code left}: it could not be dropped, and
   *     expires; {@code found}: left by another session that ended without a word, and dropped now;
   *     {@code impossible}: none could be made, and {@code detail} says what the session did
   *     instead
   * @param role name of the role
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(name = "LeaseEnded", version = "1")
  record LeaseEnded(@Clear SessionId session, @Clear String end, String role, String detail)
      implements SessionEvent {}

  /**
   * A durable piece of the recording, both directions in the order the edge saw them.
   *
   * @param number from 0 without a hole
   * @param inFrom offset of its first byte in the caller's direction
   * @param inLength bytes of the caller's direction
   * @param outFrom offset of its first byte in the target's direction
   * @param outLength bytes of the target's direction
   * @param fromMicros time of the first frame since the session opened
   * @param toMicros time of the last frame
   * @param frames encoded frames, see {@code countersign.wire.recording.SegmentCodec}
   */
  @org.axonframework.messaging.eventhandling.annotation.Event(
      name = "SegmentRecorded",
      version = "1")
  record SegmentRecorded(
      @Clear SessionId session,
      @Clear long number,
      @Clear long inFrom,
      @Clear long inLength,
      @Clear long outFrom,
      @Clear long outLength,
      @Clear long fromMicros,
      @Clear long toMicros,
      byte[] frames)
      implements SessionEvent {}
}
