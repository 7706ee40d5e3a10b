package countersign.edge.protocol.postgres;

import countersign.wire.postgres.Encode;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the caller sent and nobody has taken yet, and which of the flows takes it when: one unit at
 * a time, copy data while the target copies. Confined to the event loop.
 */
final class Intake implements AutoCloseable {
  private final Opening opening;
  private final Flow flow;
  private final SimpleFlow simple;
  private final ExtendedFlow extended;
  private final Cancelling cancelling;
  private final Passage.Turn turn;
  private final Runnable leaves;

  /** Looks for masks in copy data; null where nothing is masked. */
  private final @Nullable CopyTokens tokens;

  private final ArrayDeque<Piece> inbound = new ArrayDeque<>();
  private long inboundBytes;

  /** Strict only: copy data that waits for its segment. */
  private @Nullable Piece awaiting;

  /** What waits for the parsers or the catalogue. */
  private Piece.@Nullable Frame asked;

  /**
   * Makes it.
   *
   * @param leaves called when the caller says goodbye
   * @param masked whether the target masks values, which never come back as data
   */
  Intake(
      Opening opening,
      Flow flow,
      Cancelling cancelling,
      Passage.Turn turn,
      Runnable leaves,
      boolean masked) {
    this.tokens = masked ? new CopyTokens() : null;
    this.opening = opening;
    this.flow = flow;
    this.simple = new SimpleFlow(flow);
    this.extended = new ExtendedFlow(flow);
    this.cancelling = cancelling;
    this.turn = turn;
    this.leaves = leaves;
  }

  void add(Piece piece) {
    inbound.add(piece);
    inboundBytes += piece.bytes().readableBytes();
  }

  /** Bytes that wait. */
  long bytes() {
    return inboundBytes;
  }

  /**
   * Takes the next piece where it may be taken now.
   *
   * @return whether it did something
   * @throws ProtocolViolation when the caller left the protocol
   */
  boolean advance() {
    if (extended.busy()) {
      return extended.proceed();
    }
    Piece piece = inbound.peek();
    if (piece == null) {
      return false;
    }
    return switch (piece.type()) {
      case 'd', 'c', 'f' -> copyData(piece);
      case 'S', 'H' -> sync(piece);
      case 'X' -> leave();
      default -> begin(piece);
    };
  }

  private Piece taken() {
    Piece piece = inbound.remove();
    inboundBytes -= piece.bytes().readableBytes();
    return piece;
  }

  /** Data of a COPY goes on; outside one the target would ignore it too. */
  private boolean copyData(Piece piece) {
    if (!flow.answers.copy().running()) {
      if (!flow.answers.settledNow() && !flow.answers.skipping()) {
        return false;
      }
      Piece ignored = taken();
      var unused = ignored.type() == 'd' && holdsToken(ignored);
      ignored.release();
      return true;
    }
    if (!flow.upstream.writable()) {
      return false;
    }
    taken();
    if (piece.type() == 'd' && holdsToken(piece)) {
      piece.release();
      flow.answers.copy().ended();
      ByteBuf fail = Encode.copyFail(Unpooled.buffer(), Words.MASK_AS_DATA);
      flow.upstream.send(flow.gate.protocol(), fail);
      return true;
    }
    if (piece.type() != 'd') {
      flow.answers.copy().ended();
    }
    if (!opening.strict()) {
      flow.upstream.send(flow.gate.protocol(), piece.bytes());
      return true;
    }
    turn.suspend();
    awaiting = piece;
    long seq = opening.recorder().flush();
    opening.journal().whenDurable(seq, () -> turn.resume(this::sendAwaiting));
    return true;
  }

  private boolean holdsToken(Piece piece) {
    return tokens != null && tokens.in(piece);
  }

  private void sendAwaiting() {
    Piece piece = awaiting;
    awaiting = null;
    if (piece != null) {
      flow.upstream.send(flow.gate.protocol(), piece.bytes());
    }
  }

  /** While copying, the target takes Sync and Flush and does nothing. */
  private boolean sync(Piece piece) {
    boolean ignored = flow.answers.copy().running();
    if (ignored || piece.type() == 'S' && flow.answers.copy().takeSwallowedSync()) {
      flow.upstream.send(flow.gate.protocol(), taken().bytes());
      return true;
    }
    return begin(piece);
  }

  private boolean leave() {
    taken().release();
    leaves.run();
    return true;
  }

  private boolean begin(Piece piece) {
    if (flow.answers.copy().running()) {
      flow.answers.copy().ended();
      ByteBuf fail = Encode.copyFail(Unpooled.buffer(), "unexpected message during COPY");
      flow.upstream.send(flow.gate.protocol(), fail);
      return false;
    }
    if (flow.running() || cancelling.underWay()) {
      return false;
    }
    if (!(piece instanceof Piece.Frame frame)) {
      throw ProtocolViolation.of("message: in pieces (expected: whole)");
    }
    boolean single = frame.type() == 'Q' || frame.type() == 'F';
    if (single && extended.skips()) {
      taken().release();
      return true;
    }
    if (single && extended.open()) {
      extended.cut(); // it takes its turn when what came before it is through
      return true;
    }
    if (!understood(frame)) {
      return true;
    }
    taken();
    switch (frame.type()) {
      case 'Q', 'F' -> single(frame);
      case 'P', 'B', 'D', 'E', 'C', 'H', 'S' -> extended.take(frame);
      default -> {
        byte type = frame.type();
        frame.release();
        throw ProtocolViolation.of(
            "message: 0x%02x (expected: one of the protocol's)".formatted(type & 0xff));
      }
    }
    return true;
  }

  /** Whether the statement in a frame can be read at once; what is missing is on its way. */
  private boolean understood(Piece.Frame frame) {
    if (asked == frame) {
      asked = null; // whatever came of it, it goes on now
      return true;
    }
    @Nullable String text = null;
    try {
      switch (frame.type()) {
        case 'Q' -> text = ((FrontendMessage.Query) FrontendMessage.decode(frame)).text();
        case 'P' -> text = ((FrontendMessage.Parse) FrontendMessage.decode(frame)).text();
        case 'B', 'E' -> {}
        default -> {
          return true;
        }
      }
    } catch (ProtocolViolation e) {
      return true; // whoever takes it says so
    }
    if (flow.reads.ready(text)) {
      return true;
    }
    asked = frame;
    turn.suspend();
    flow.reads.prepare(text, () -> turn.resume(() -> {}));
    return false;
  }

  private void single(Piece.Frame frame) {
    if (frame.type() == 'Q') {
      simple.query(frame);
    } else {
      simple.functionCall(frame);
    }
  }

  @Override
  public void close() {
    inbound.forEach(Piece::release);
    inbound.clear();
    inboundBytes = 0;
    if (awaiting != null) {
      awaiting.release();
      awaiting = null;
    }
    extended.close();
  }
}
