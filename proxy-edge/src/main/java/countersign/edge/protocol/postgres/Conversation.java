package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.gate.Asked;
import countersign.edge.gate.Gate;
import countersign.edge.gate.Hold;
import countersign.edge.gate.Upstream;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.port.AppendRefused;
import countersign.target.Target;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One session after its handshake: takes what the caller sends in order, one unit at a time, and
 * passes on what the target answers. Both connections live on one event loop, and everything here
 * is confined to it.
 */
final class Conversation implements Answers.Listener, Passage.Turn {
  private static final Logger LOG = Logger.getLogger(Conversation.class);
  private static final long MOST_INBOUND = 1 << 20;
  private static final long MOST_WAITING = 1 << 20;
  private static final long CLOSE_SECONDS = 10;
  private static final long WAKE_MILLIS = 50;

  private final Opening opening;
  private final Channel client;
  private final FrameReader clientReader = FrameReader.frontendTyped(Limits.EDGE);
  private final FrameReader targetReader;
  private final Upstream upstream;
  private final Outbox outbox;
  private final Answers answers;
  private final Passage passage;
  private final Flow flow;
  private final Intake intake;
  private final Cancelling cancelling;
  private boolean pumping;
  private boolean ended;
  private boolean waking;

  /**
   * Makes it.
   *
   * @param masking null when nothing is masked at the target
   */
  Conversation(Opening opening, Channel client, LoggedIn target, @Nullable Masking masking) {
    this.opening = opening;
    this.client = client;
    this.targetReader = target.reader();
    this.upstream = new Upstream(target.channel());
    this.outbox = new Outbox(client, opening.recorder(), opening.journal(), opening.strict());
    this.answers = new Answers(opening.journal(), outbox, masking, this);
    Gate gate = opening.gate();
    Hold.Surroundings around =
        new Hold.Surroundings(
            gate,
            opening.journal(),
            opening.edge().append(),
            opening.edge().feed(),
            client.eventLoop());
    String url = opening.edge().settings().publicUrl();
    this.passage =
        new Passage(
            around, outbox, opening.recording(), url, masks(masking, gate), rights(opening), this);
    AccessMode access = new AccessMode(gate, upstream, answers);
    Reads reads =
        new Reads(
            opening,
            client.eventLoop(),
            target,
            masking == null ? List.of() : masking.rules().columns());
    if (masking != null) {
      masking.columns(reads);
    }
    this.flow =
        new Flow(
            gate,
            upstream,
            answers,
            outbox,
            passage,
            access,
            reads,
            new Planning(opening, client.eventLoop()));
    this.cancelling = new Cancelling(opening, target, this);
    this.intake =
        new Intake(opening, flow, cancelling, this, () -> end("client", "", null), masking != null);
  }

  private static Passage.Masks masks(@Nullable Masking masking, Gate gate) {
    return new Passage.Masks() {
      @Override
      public @Nullable ErrorFields refusal(Asked asked) {
        return Conversation.refusal(masking, gate, asked);
      }

      @Override
      public Masking.@Nullable Lifted lift(Asked asked, Decision decision) {
        return masking == null ? null : masking.lift(asked, gate, decision);
      }
    };
  }

  private static Passage.Rights rights(Opening opening) {
    return new Passage.Rights() {
      @Override
      public boolean give(Set<Effect> effects, Runnable then) {
        LeaseRight right = opening.right();
        return right != null && right.give(effects, then);
      }

      @Override
      public boolean lent() {
        LeaseRight right = opening.right();
        return right != null && right.given();
      }
    };
  }

  private static @Nullable ErrorFields refusal(@Nullable Masking masking, Gate gate, Asked asked) {
    Target now = gate.rulebook().target(gate.caller().target()).orElse(null);
    if (masking != null) {
      return masking.refusal(asked, now);
    }
    return now == null || now.protection().masks().isEmpty() ? null : Words.masksChanged();
  }

  Cancelling cancelling() {
    return cancelling;
  }

  /** Says that the caller is in; from here both sides flow. */
  void start(LoggedIn target) {
    ByteBuf out = Encode.authenticationOk(Unpooled.buffer(512));
    target
        .settings()
        .forEach((name, value) -> {
          setting(name, value);
          boolean mode = name.equals(AccessMode.SETTING) && flow.gate.mayWrite();
          Encode.parameterStatus(out, name, mode ? "off" : value);
        });
    Encode.backendKeyData(out, cancelling.processId(), cancelling.key());
    outbox.write(Encode.readyForQuery(out, 'I'), -1);
    targetBytes(Unpooled.EMPTY_BUFFER);
    pump();
  }

  /** Bytes of the caller's; taken over. */
  void clientBytes(ByteBuf bytes) {
    if (ended) {
      bytes.release();
      return;
    }
    opening.recorder().in(bytes);
    clientReader.feed(bytes);
    try {
      for (Piece piece = clientReader.next(); piece != null; piece = clientReader.next()) {
        intake.add(piece);
      }
    } catch (ProtocolViolation e) {
      pump();
      end("refused", String.valueOf(e.getMessage()), fatal(e));
    }
  }

  private static ErrorFields fatal(ProtocolViolation e) {
    return Words.fatal(e.sqlState(), String.valueOf(e.getMessage()));
  }

  /** Bytes of the target's; taken over. */
  void targetBytes(ByteBuf bytes) {
    if (ended) {
      bytes.release();
      return;
    }
    targetReader.feed(bytes);
    boolean was = pumping;
    pumping = true; // a write may say that the connection is full, which calls back to pump
    try {
      for (Piece piece = targetReader.next(); piece != null; piece = targetReader.next()) {
        answers.take(piece);
      }
    } catch (ProtocolViolation e) {
      LOG.warnf(
          "session=%s target=out-of-step why=%s", opening.journal().session(), e.getMessage());
      end("target", "out of step", Words.fatal("08006", "the target is out of step"));
    } finally {
      pumping = was;
    }
  }

  void pump() {
    if (pumping || ended) {
      return;
    }
    pumping = true;
    try {
      while (!ended && !flow.suspended() && intake.advance()) {
        // one piece at a time
      }
    } catch (ProtocolViolation e) {
      end("refused", String.valueOf(e.getMessage()), fatal(e));
    } finally {
      pumping = false;
    }
    if (!ended) {
      passage.flushReads();
      upstream.flush();
      outbox.flush();
      readOn();
    }
  }

  private void readOn() {
    boolean pressed = opening.recorder().pressed();
    if (pressed && !waking) {
      waking = true; // other sessions may free what all share
      ScheduledFuture<?> unused =
          client.eventLoop().schedule(this::wake, WAKE_MILLIS, TimeUnit.MILLISECONDS);
    }
    client.config().setAutoRead(!pressed && intake.bytes() < MOST_INBOUND);
    upstream.read(!pressed && client.isWritable() && outbox.waitingBytes() < MOST_WAITING);
  }

  private void wake() {
    waking = false;
    pump();
  }

  @Override
  public void suspend() {
    flow.suspended(true);
  }

  @Override
  public void resume(Runnable next) {
    if (ended) {
      return;
    }
    flow.suspended(false);
    boolean was = pumping;
    pumping = true; // what comes after it waits, also when a write calls back to pump
    try {
      next.run();
    } catch (ProtocolViolation e) {
      end("refused", String.valueOf(e.getMessage()), fatal(e));
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      pumping = was;
    }
    pump();
  }

  @Override
  public void settled() {
    if (flow.running() && answers.settledNow()) {
      flow.unitEnded();
      settleRight();
    }
  }

  /** Nothing more is sent before the right of an approved operation is taken back. */
  private void settleRight() {
    LeaseRight right = opening.right();
    if (right != null && right.settle(answers.status() == 'I', this::rightSettled)) {
      suspend();
    }
  }

  private void rightSettled(String why) {
    if (why.isEmpty()) {
      resume(() -> {});
    } else {
      String words = "the right of an approved statement cannot be taken back";
      end("edge", words + ": " + why, Words.fatal("57P01", "session ended: " + words));
    }
  }

  @Override
  public void ownFailed() {
    flow.access.failed();
  }

  @Override
  public void setting(String name, String value) {
    flow.reads.setting(name, value);
  }

  /** The caller asks to cancel what runs or waits. */
  void cancel(Runnable done) {
    if (ended || passage.withdraw("cancelled") || answers.settledNow()) {
      done.run();
    } else {
      cancelling.forward(done);
    }
  }

  /** Something here failed that never should: no half-decided session lives on. */
  void failed(Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      LOG.errorf(cause, "session=%s failed", opening.journal().session());
      end("edge", "failed", Words.fatal("XX000", "the edge failed"));
    }
  }

  void clientGone() {
    end("client", "disconnected", null);
  }

  void targetGone() {
    boolean said = answers.fatal();
    end("target", "upstream lost", said ? null : Words.fatal("08006", "the target is gone"));
  }

  void terminate(String why) {
    end("edge", why, Words.fatal("57P01", "session ended: " + why));
  }

  void refused(AppendRefused why) {
    LOG.errorf("session=%s record=refused reason=%s", opening.journal().session(), why.reason());
    end("refused", "record", Words.record(why));
  }

  boolean ended() {
    return ended;
  }

  private void end(String kind, String detail, @Nullable ErrorFields words) {
    if (ended) {
      return;
    }
    passage.flushReads();
    ended = true;
    passage.abandon(kind.equals("target") ? "upstream lost" : "disconnected");
    flow.reads.lost("the session ended first");
    flow.planning.lost("the session ended first");
    answers.lost(kind.equals("target") ? "the target went away" : "the session ended first");
    if (flow.reads.underWay()) {
      cancelling.forward(flow.reads::stopped); // it would go on, and others read by old names
    }
    upstream.send(flow.gate.protocol(), Encode.terminate(Unpooled.buffer(5)));
    upstream.close();
    client.config().setAutoRead(false);
    release();
    cancelling.close();
    finish(kind, detail, words);
  }

  private void release() {
    intake.close();
    clientReader.close();
    targetReader.close();
  }

  private void finish(String kind, String detail, @Nullable ErrorFields words) {
    var journal = opening.journal();
    if (journal.refused()) {
      outbox.close();
      opening.close(kind, detail, _ -> {});
      hangUp(
          words == null ? Unpooled.EMPTY_BUFFER : Encode.errorResponse(Unpooled.buffer(), words));
      return;
    }
    if (words != null) {
      outbox.write(Encode.errorResponse(Unpooled.buffer(), words), -1);
    }
    outbox.flush();
    ScheduledFuture<?> late =
        client
            .eventLoop()
            .schedule(() -> hangUp(Unpooled.EMPTY_BUFFER), CLOSE_SECONDS, TimeUnit.SECONDS);
    opening.close(
        kind,
        detail,
        seq ->
            journal.whenDurable(
                seq,
                () -> {
                  late.cancel(false);
                  outbox.flush();
                  hangUp(Unpooled.EMPTY_BUFFER);
                }));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the listener closes
  private void hangUp(ByteBuf last) {
    outbox.close();
    client.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }
}
