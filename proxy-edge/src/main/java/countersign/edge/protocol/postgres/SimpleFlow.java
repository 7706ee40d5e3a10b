package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Simple queries and function calls: one message, one operation. Confined to the event loop. */
final class SimpleFlow {
  private final Flow flow;

  SimpleFlow(Flow flow) {
    this.flow = flow;
  }

  /** Takes a Query; owns its bytes. */
  void query(Piece.Frame frame) {
    String text;
    try {
      text = ((FrontendMessage.Query) FrontendMessage.decode(frame)).text();
    } catch (ProtocolViolation e) {
      frame.release();
      if (!e.sqlState().equals(ProtocolViolation.ENCODING)) {
        throw e;
      }
      refuse(Words.violation(e), -1);
      return;
    }
    Reading reading = flow.statements.read(text);
    Statement.Own own = Statements.ownOf(reading);
    if (own != null) {
      frame.release();
      answer(own);
      return;
    }
    byte[] body = ByteBufUtil.getBytes(frame.body());
    Asked asked =
        new Asked(
            text,
            body,
            List.of(),
            reading.effects(),
            reading.facts(),
            true,
            () -> flow.statements.traces(reading));
    ask(frame, asked, reading);
  }

  /** Takes a FunctionCall; owns its bytes. What a function does is unknown. */
  void functionCall(Piece.Frame frame) {
    int function = ((FrontendMessage.FunctionCall) FrontendMessage.decode(frame)).function();
    Set<Effect> unknown = Set.of(Effect.unknown);
    String text = "FunctionCall " + function;
    byte[] body = ByteBufUtil.getBytes(frame.body());
    ask(frame, new Asked(text, body, List.of(), unknown, Facts.NONE, false), Reading.unknown());
  }

  private void ask(Piece.Frame frame, Asked asked, Reading reading) {
    boolean failed =
        flow.answers.status() == 'E'
            && reading.statements().stream().noneMatch(s -> s instanceof Statement.Transaction);
    flow.passage.ask(
        new Passage.Question(
            asked,
            flow.wrote,
            failed,
            Planning.possible(reading)
                ? then -> flow.planning.ask(asked.text(), List.of(), new byte[0], then)
                : null,
            this::reread,
            flow.reads.rejected(asked.text())),
        new Passage.Then() {
          @Override
          public void run(Passage.Passed passed) {
            if (passed.modified()) {
              frame.release();
              String text = passed.judged().asked().text();
              ByteBuf bytes = Encode.query(Unpooled.buffer(text.length() + 8), text);
              send(passed, bytes, flow.statements.read(text));
            } else {
              send(passed, frame.bytes(), reading);
            }
          }

          @Override
          public void refused(ErrorFields error, long barrier) {
            frame.release();
            refuse(error, barrier);
          }

          @Override
          public void abandoned() {
            frame.release();
          }
        });
  }

  /** An approver's text is parsed like any other. */
  private void reread(String text, Consumer<Asked> then) {
    flow.reads.prepare(text, () -> then.accept(reread(text)));
  }

  private Asked reread(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    Reading reading = flow.statements.read(text);
    Set<Effect> effects =
        text.indexOf('\0') >= 0 || Statements.ownOf(reading) != null
            ? Set.of(Effect.unknown)
            : reading.effects();
    return new Asked(
        text,
        Arrays.copyOf(utf8, utf8.length + 1),
        List.of(),
        effects,
        reading.facts(),
        true,
        () -> flow.statements.traces(reading));
  }

  private void send(Passage.Passed passed, ByteBuf bytes, Reading reading) {
    boolean inBlock = flow.answers.status() != 'I';
    boolean wrap =
        flow.answers.status() == 'T'
            && passed.judged().asked().onlyReads()
            && !flow.access.asksForMode(reading);
    if (!inBlock) {
      flow.access.begin(flow.access.wantsReadWrite(reading));
    } else if (wrap) {
      flow.access.enter();
    }
    flow.upstream.send(passed.permit(), bytes);
    flow.answers.expect(new Expected.Simple(passed.run()));
    if (wrap) {
      flow.access.leave();
    }
    flow.ran(passed.judged().asked().text(), reading, passed.judged().asked().effects());
    flow.statements.simpleQuery();
    flow.unitRuns();
  }

  /** Refuses in the protocol's words; a transaction fails at the target, as for any error. */
  private void refuse(ErrorFields error, long barrier) {
    if (flow.answers.status() == 'T') {
      flow.failInPlace(error, barrier);
      flow.upstream.send(flow.gate.protocol(), Encode.sync(Unpooled.buffer(8)));
      flow.answers.expect(new Expected.SyncPoint(false));
      flow.unitRuns();
    } else {
      ByteBuf out = Encode.errorResponse(Unpooled.buffer(), error);
      flow.outbox.write(Encode.readyForQuery(out, flow.answers.status()), barrier);
    }
  }

  private void answer(Statement.Own own) {
    @Nullable ErrorFields refusal =
        flow.answers.status() == 'E' ? Words.failedTransaction() : flow.own.refusal(own);
    if (refusal != null) {
      refuse(refusal, -1);
      return;
    }
    ByteBuf out = Unpooled.buffer();
    if (own.verb() == Statement.OwnVerb.show) {
      flow.own.describe(out, own);
    }
    flow.own.answer(out, own);
    flow.outbox.write(Encode.readyForQuery(out, flow.answers.status()), -1);
  }
}
