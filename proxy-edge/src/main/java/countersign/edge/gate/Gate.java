package countersign.edge.gate;

import countersign.approval.ApprovalId;
import countersign.deciding.Decide;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.edge.record.Journal;
import countersign.operation.Decision;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.Operation;
import countersign.operation.OperationDigest;
import countersign.operation.OperationId;
import countersign.port.Feed;
import countersign.session.SessionEvent.OperationDecided;
import countersign.session.SessionEvent.OperationsDecided;
import countersign.target.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the operations of one session and writes every decision down before it counts. Confined
 * to the session's event loop.
 */
public final class Gate {
  /** What may change a target. */
  private static final Set<Effect> WRITES =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(Effect.read, Effect.session)));

  private final Caller caller;
  private final Journal journal;
  private final Feed feed;
  private final List<OperationDecided> reads = new ArrayList<>();
  private final Permit.OfProtocol protocol = new Permit.OfProtocol();
  private String statedReason = "";
  private String statedTicket = "";
  private Rule.@Nullable Wait wantedWait;
  private @Nullable Standing standing;

  /** Makes the gate of one session. */
  public Gate(Caller caller, Journal journal, Feed feed) {
    this.caller = caller;
    this.journal = journal;
    this.feed = feed;
  }

  /** Who asks. */
  public Caller caller() {
    return caller;
  }

  /** The caller's stated reason, empty for none. */
  public String statedReason() {
    return statedReason;
  }

  /** Takes the caller's reason for the operations that follow. */
  public void stateReason(String reason) {
    statedReason = reason;
  }

  /** The number of the ticket that the caller stated, empty for none. */
  public String statedTicket() {
    return statedTicket;
  }

  /** Takes the number of a ticket for the operations that follow. */
  public void stateTicket(String number) {
    statedTicket = number;
  }

  /** Where the caller wants to wait, null for where the duty says. */
  public Rule.@Nullable Wait wantedWait() {
    return wantedWait;
  }

  /** Takes where the caller wants to wait in the operations that follow. */
  public void wantWait(Rule.@Nullable Wait where) {
    wantedWait = where;
  }

  /** Whether anything may be decided now. */
  public boolean open() {
    return feed.leased() && !journal.refused();
  }

  /** The rules in force. */
  public Rulebook rulebook() {
    return feed.rulebook();
  }

  /** Decides an operation. Nothing is written down yet. */
  public Judged judge(Asked asked) {
    Rulebook rulebook = feed.rulebook();
    Operation operation = operation(asked);
    Decision decision =
        rulebook.target(caller.target()).isPresent()
            ? Decide.decide(rulebook, operation, Instant.now())
            : new Decision.Blocked("target", "the target is gone: " + caller.target(), "", "");
    return judged(asked, operation, decision, rulebook.version());
  }

  /** Whether the decision depends on what the target's planner expects, which is not known yet. */
  public boolean dependsOnEstimate(Asked asked) {
    return Decide.dependsOnEstimate(feed.rulebook(), operation(asked), Instant.now());
  }

  /** Decides again with the rules in force now; identity and digest stay. */
  Decision again(Judged judged) {
    return judge(judged.asked()).decision();
  }

  /** An operation that the gate itself refuses, whatever the duties say. */
  public Judged refuse(Asked asked, String rule, String reason) {
    return judged(
        asked,
        operation(asked),
        new Decision.Blocked(rule, reason, "", ""),
        feed.rulebook().version());
  }

  private Operation operation(Asked asked) {
    return new Operation(
        caller.principal(),
        caller.target(),
        caller.database(),
        caller.role(),
        asked.text(),
        asked.bytes(),
        asked.binds(),
        asked.effects(),
        asked.facts(),
        statedReason);
  }

  private static Judged judged(Asked asked, Operation operation, Decision decision, long version) {
    return new Judged(
        OperationId.next(),
        asked,
        operation,
        decision,
        version,
        OperationDigest.of(operation, version));
  }

  /**
   * Writes down a plain read; it goes to the log with {@link #flushReads()}, together with the
   * other reads of the same flush.
   *
   * @return leave to send it at once: its answer must wait for {@link #flushReads()}'s number
   */
  public Permit read(Judged judged) {
    reads.add(allowedRead(judged));
    return new Permit.OfOperation(judged);
  }

  /**
   * Writes down a plain read where the loss contract is {@code buffered}: it goes to the log within
   * a tenth of a second, and its answer waits for nothing.
   */
  public Permit buffered(Judged judged) {
    journal.early(allowedRead(judged));
    return new Permit.OfOperation(judged);
  }

  private OperationDecided allowedRead(Judged judged) {
    if (!judged.asked().onlyReads() || !(judged.decision() instanceof Decision.Allowed)) {
      throw new IllegalStateException("operation " + judged.id() + " is not an allowed read");
    }
    return event(judged, DecisionKind.allowed, null, null);
  }

  /** The loss contract by the rules in force now; an open session's own may only be stricter. */
  public Target.Recording recording() {
    return standing().recording();
  }

  /**
   * Sends the reads written down to the log.
   *
   * @return number of the newest event: answers wait until it is durable; -1 when there were none
   */
  public long flushReads() {
    if (reads.isEmpty()) {
      return -1;
    }
    List<OperationDecided> flushed = List.copyOf(reads);
    reads.clear();
    return journal.decided(
        flushed.size() == 1
            ? flushed.getFirst()
            : new OperationsDecided(journal.session(), flushed));
  }

  /** Sends a decision to the log. Returns its number. */
  public long write(Judged judged) {
    return write(judged, judged.decision().kind(), null, null);
  }

  long write(
      Judged judged,
      DecisionKind kind,
      @Nullable ApprovalId approval,
      @Nullable OperationId replaces) {
    flushReads();
    return journal.append(event(judged, kind, approval, replaces));
  }

  /** Leave to send an allowed operation whose decision is durable. */
  public Permit allowed(Judged judged, long seq) {
    if (!journal.durable(seq) || !(judged.decision() instanceof Decision.Allowed)) {
      throw new IllegalStateException("operation " + judged.id() + " is not durably allowed");
    }
    return new Permit.OfOperation(judged);
  }

  /** Leave to send what does nothing by itself. */
  public Permit protocol() {
    return protocol;
  }

  /**
   * Writes down an operation of the edge's own, of principal {@code countersign}; it goes to the
   * log with the next decision.
   */
  public OperationId own(String text) {
    OperationId id = OperationId.next();
    Asked asked =
        new Asked(
            text,
            text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            List.of(),
            Set.of(),
            Facts.NONE,
            false);
    journal.later(
        new OperationDecided(
            journal.session(),
            id,
            DecisionKind.allowed,
            Set.of(),
            feed.rulebook().version(),
            OperationDigest.of(operation(asked), feed.rulebook().version()),
            null,
            null,
            true,
            text,
            List.of(),
            Facts.NONE,
            "edge",
            "sent by countersign"));
    return id;
  }

  private OperationDecided event(
      Judged judged,
      DecisionKind kind,
      @Nullable ApprovalId approval,
      @Nullable OperationId replaces) {
    return new OperationDecided(
        journal.session(),
        judged.id(),
        kind,
        judged.asked().effects(),
        judged.dutiesAt(),
        judged.digest(),
        approval,
        replaces,
        false,
        judged.asked().text(),
        judged.asked().binds(),
        judged.asked().facts(),
        judged.decision().rule(),
        judged.decision().reason());
  }

  /**
   * Whether some duty of the acting principal lets it write here, perhaps after a hold. Only says
   * how a transaction is opened; each operation in it is decided by itself.
   */
  public boolean mayWrite() {
    return standing().mayWrite();
  }

  /**
   * Whether some duty of the acting principal lets through here what nobody understands. Only says
   * whether it is worth waiting for the catalogue; each operation is decided by itself.
   */
  public boolean mayUnknown() {
    return standing().mayUnknown();
  }

  private Standing standing() {
    Rulebook rulebook = feed.rulebook();
    Standing known = standing;
    if (known == null || known.rulebook() != rulebook.version()) {
      known = Standing.of(rulebook, caller.principal(), caller.target());
      standing = known;
    }
    return known;
  }

  /** Whether these effects can change a target. */
  public static boolean writes(Set<Effect> effects) {
    return !Collections.disjoint(effects, WRITES);
  }
}
