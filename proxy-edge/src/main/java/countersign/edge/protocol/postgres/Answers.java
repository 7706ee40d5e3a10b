package countersign.edge.protocol.postgres;

import countersign.edge.record.Journal;
import countersign.session.SessionEvent.OutcomeUnknown;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Matches what the target answers with what was sent, passes on what is the caller's, swallows what
 * is the edge's, and sees each operation end. Confined to the event loop.
 */
final class Answers {
  private final Journal journal;
  private final Outbox outbox;
  private final @Nullable Masking masking;
  private final Listener listener;
  private final ArrayDeque<Expected> queue = new ArrayDeque<>();
  private char status = 'I';
  private long barrier = -1;
  private final CopyIn copy = new CopyIn();
  private boolean skipping;
  private List<Integer> parameters = List.of();
  private String skippingBecause = "";
  private boolean fatal;

  /** Hears what the answers mean for the session. */
  interface Listener {
    /** Everything sent has been answered. */
    void settled();

    /** Something that the edge sent by itself failed. */
    void ownFailed();

    /** A setting changed. */
    void setting(String name, String value);
  }

  /**
   * Makes it.
   *
   * @param masking null when nothing is masked at the target
   */
  Answers(Journal journal, Outbox outbox, @Nullable Masking masking, Listener listener) {
    this.masking = masking;
    this.journal = journal;
    this.outbox = outbox;
    this.listener = listener;
  }

  /** Transaction status by the last ReadyForQuery: {@code I}, {@code T} or {@code E}. */
  char status() {
    return status;
  }

  /** Whether the target skips to the next Sync. */
  boolean skipping() {
    return skipping;
  }

  /** An operation was let through, but the target skips it. */
  void skipped(Run run) {
    run.end(journal, run.skipped(journal.session(), skippingBecause));
  }

  /** Whether the target has said its last word. */
  boolean fatal() {
    return fatal;
  }

  boolean settledNow() {
    return queue.isEmpty();
  }

  /** The types of parameters that the target told last, for the Describe being answered. */
  List<Integer> parameters() {
    return parameters;
  }

  /** Where a COPY FROM STDIN stands. */
  CopyIn copy() {
    return copy;
  }

  void expect(Expected expected) {
    queue.add(expected);
    emitLocals();
  }

  private void emitLocals() {
    while (queue.peek() instanceof Expected.Local local) {
      queue.remove();
      outbox.write(local.bytes(), Math.max(barrier, local.barrier()));
    }
  }

  /** Takes one piece of the target's; releases it or hands it on. */
  void take(Piece piece) {
    Expected head = queue.peek();
    raiseBarrier();
    switch (piece.type()) {
      case 'N', 'A' -> notice(piece, head);
      case 'S' -> setting(piece, head);
      case 'E' -> error(piece, head);
      case 'Z' -> ready((Piece.Frame) piece, head);
      default -> answer(piece, head);
    }
  }

  /** What is answered before an operation's own answer (ParseComplete …) waits for it too. */
  private void raiseBarrier() {
    for (Expected expected : queue) {
      Run run = runOf(expected);
      if (run != null) {
        barrier = Math.max(barrier, run.barrier());
        return;
      }
    }
  }

  private static @Nullable Run runOf(@Nullable Expected head) {
    return head == null ? null : head.operation();
  }

  private static boolean own(@Nullable Expected head) {
    return head != null && head.swallowed();
  }

  private void pass(Piece piece, @Nullable Expected head) {
    Run run = runOf(head);
    if (run != null) {
      int rows = piece.type() != 'D' ? 0 : piece instanceof Piece.Chunk c ? c.begun() : 1;
      run.answered(rows, piece.bytes().readableBytes());
    }
    ByteBuf shown =
        masking == null
            ? piece.bytes()
            : masking.shown(piece, run == null ? reported(piece) : run, described(head, run));
    if (shown != null) {
      outbox.write(shown, barrier);
    }
  }

  /** The operation that a report is about while it is only being prepared: planning may fail. */
  private @Nullable Run reported(Piece piece) {
    if (piece.type() == 'E' || piece.type() == 'N') {
      for (Expected expected : queue) {
        if (endsUnit(expected) || runOf(expected) != null) {
          return runOf(expected);
        }
      }
    }
    return null;
  }

  private static @Nullable Described described(@Nullable Expected head, @Nullable Run run) {
    return head instanceof Expected.Step step && step.describes() != null
        ? step.describes()
        : run == null ? null : run.described();
  }

  private void notice(Piece piece, @Nullable Expected head) {
    if (piece.type() == 'N' && own(head)) {
      piece.release();
    } else {
      pass(piece, head);
    }
  }

  private void setting(Piece piece, @Nullable Expected head) {
    if (piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame)
            instanceof BackendMessage.ParameterStatus(String name, String value)) {
      listener.setting(name, value);
    }
    if (own(head)) {
      piece.release();
    } else {
      pass(piece, head);
    }
  }

  private void error(Piece piece, @Nullable Expected head) {
    if (piece instanceof Piece.Chunk chunk && chunk.begun() == 0) {
      pass(piece, head); // the rest of an error too long to hold
      return;
    }
    String code = "XX000";
    if (piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame)
            instanceof BackendMessage.ErrorResponse(ErrorFields fields)) {
      code = fields.code();
      fatal |= !fields.severity().equals("ERROR");
    }
    Run run = runOf(head);
    if (run != null) {
      run.failed(code);
    }
    switch (head) {
      case null -> pass(piece, null);
      case Expected.Simple _ -> pass(piece, head);
      case Expected.Own _ -> {
        piece.release();
        listener.ownFailed();
      }
      case Expected.SyncPoint _, Expected.Cut _ -> pass(piece, head);
      case Expected.Refusal(ErrorFields told, long after) -> {
        piece.release();
        refuse(told, after);
        skipToSync(code);
      }
      case Expected.Step _ -> {
        if (ownUnit()) {
          piece.release();
          dropToSync(code);
          listener.ownFailed();
        } else {
          pass(piece, head);
          skipToSync(code);
        }
      }
      case Expected.Local _ -> throw new IllegalStateException("local: (expected: emitted)");
    }
  }

  private void refuse(ErrorFields told, long after) {
    barrier = Math.max(barrier, after);
    outbox.write(Encode.errorResponse(io.netty.buffer.Unpooled.buffer(), told), barrier);
  }

  /** Whether what is answered now is a unit that the edge sent by itself. */
  private boolean ownUnit() {
    return queue.stream()
        .filter(Answers::endsUnit)
        .findFirst()
        .filter(Expected::swallowed)
        .isPresent();
  }

  private static boolean endsUnit(Expected expected) {
    return expected instanceof Expected.SyncPoint || expected instanceof Expected.Cut;
  }

  private void skipToSync(String code) {
    dropToSync(code);
    skipping = true;
    skippingBecause = code;
    listener.settled();
  }

  private void dropToSync(String code) {
    boolean first = true;
    while (!queue.isEmpty() && !endsUnit(queue.element())) {
      Expected dropped = queue.remove();
      Run run = runOf(dropped);
      if (run != null) {
        run.failed(code); // of a statement whose Parse or Bind failed, its operation did
        run.end(
            journal,
            first ? run.completed(journal.session()) : run.skipped(journal.session(), code));
        first = false;
      }
      if (dropped instanceof Expected.Local local) {
        local.bytes().release();
      }
    }
    copy.ended();
  }

  private void ready(Piece.Frame piece, @Nullable Expected head) {
    if (!(head instanceof Expected.Simple
        || head instanceof Expected.Own
        || head instanceof Expected.SyncPoint
        || head instanceof Expected.Cut)) {
      piece.release();
      throw ProtocolViolation.of("ReadyForQuery: (expected: the answer of what was asked)");
    }
    status = (char) piece.body().getByte(piece.body().readerIndex());
    copy.unitEnded();
    boolean cut = head instanceof Expected.Cut;
    skipping &= cut; // the caller's own Sync has not come yet
    if (own(head) || cut) {
      piece.release();
    } else {
      pass(piece, head);
    }
    Run run = runOf(head);
    if (run != null) {
      run.end(journal, run.completed(journal.session()));
    }
    queue.remove();
    emitLocals();
    if (queue.isEmpty()) {
      listener.settled();
    }
  }

  private void answer(Piece piece, @Nullable Expected head) {
    if (piece.type() == 'G') {
      boolean syncSent = queue.stream().anyMatch(e -> e instanceof Expected.SyncPoint);
      copy.begun(!(head instanceof Expected.Simple) && syncSent);
    }
    switch (head) {
      case Expected.Simple(Run run) -> {
        tag(piece, run);
        pass(piece, head);
      }
      case Expected.Own(Run run) -> {
        tag(piece, run);
        piece.release();
      }
      case Expected.Step step -> step(piece, step);
      case null -> stray(piece);
      case Expected.Refusal _, Expected.SyncPoint _, Expected.Cut _, Expected.Local _ ->
          stray(piece);
    }
  }

  private static void stray(Piece piece) {
    byte type = piece.type();
    piece.release();
    throw ProtocolViolation.of("message: 0x%02x (expected: none now)".formatted(type & 0xff));
  }

  private static void tag(Piece piece, Run run) {
    if (piece.type() == 'C'
        && piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame) instanceof BackendMessage.CommandComplete(String tag)) {
      run.succeeded(tag);
    }
  }

  private void step(Piece piece, Expected.Step step) {
    if (piece.type() == 't'
        && piece instanceof Piece.Frame frame
        && BackendMessage.decode(frame) instanceof BackendMessage.ParameterDescription(var types)) {
      parameters = types;
    }
    Run run = step.run();
    if (run != null) {
      tag(piece, run);
    }
    boolean last = step.endsWith(piece.type());
    if (step.own()) {
      piece.release();
    } else {
      pass(piece, step);
    }
    if (last) {
      queue.remove();
      if (run != null) {
        copy.ended();
        run.end(journal, run.completed(journal.session()));
      }
      step.done().run();
      emitLocals();
      if (queue.isEmpty()) {
        listener.settled();
      }
    }
  }

  /** Declares every operation without an end as unknown. */
  void lost(String why) {
    for (Expected expected : queue) {
      Run run = runOf(expected);
      if (run != null) {
        journal.later(new OutcomeUnknown(journal.session(), run.id(), why));
      }
      if (expected instanceof Expected.Local local) {
        ByteBuf bytes = local.bytes();
        bytes.release();
      }
    }
    queue.clear();
  }
}
