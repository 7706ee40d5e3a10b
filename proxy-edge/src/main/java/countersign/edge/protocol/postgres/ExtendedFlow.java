package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.edge.gate.Gate;
import countersign.edge.gate.Hold;
import countersign.edge.gate.Judged;
import countersign.edge.protocol.postgres.Statements.Portal;
import countersign.edge.protocol.postgres.Statements.Prepared;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrontendMessage;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Provenance;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The extended protocol: messages gather up to Sync or Flush, then go in order. Nothing of a
 * statement reaches the target before the operation it belongs to is decided; Parse and Describe of
 * a statement, which execute nothing, need only not be blocked. Confined to the event loop.
 */
final class ExtendedFlow {
  /** Name of the statement that an approver's text becomes at the target. */
  private static final String MODIFIED = "countersign modified";

  private static final int MOST_MESSAGES = 4_096;
  private static final int MOST_DESCRIBED = 10_000;
  private static final int MOST_BYTES = 4 << 20;

  private final Flow flow;
  private final Gathered gathered = new Gathered();
  private final HeldBack held = new HeldBack();
  private final OwnStatements own;
  private final ArrayDeque<Gathered.Message> batch = new ArrayDeque<>();

  /** What is known of the columns of prepared statements, by name. */
  private final Map<String, Described> described = new HashMap<>();

  private boolean open;
  private boolean skipping;

  /** A Query waits until what came before it is with the target, and a Sync after it. */
  private boolean cutting;

  /** Whether anything of the unit is with the target. */
  private boolean sent;

  /** Whether anything of the unit was executed outside of a transaction block, or takes data. */
  private boolean bound;

  /** Transaction status that the messages so far lead to. */
  private char predicted = 'I';

  ExtendedFlow(Flow flow) {
    this.flow = flow;
    this.own = new OwnStatements(flow);
  }

  /** Whether a unit has begun and its Sync has not been sent. */
  boolean open() {
    return open || !gathered.isEmpty();
  }

  /** Whether messages are under way: nothing more is to be given until they are through. */
  boolean busy() {
    return !batch.isEmpty() || cutting;
  }

  /** Whether a Query that comes now is skipped: something failed, and no Sync came since. */
  boolean skips() {
    return skipping || flow.answers.skipping();
  }

  /**
   * A Query comes inside of the unit. To the target it would belong to the unit's transaction, so
   * in a block a Sync before it changes nothing.
   */
  void cut() {
    begin();
    cutting = true;
  }

  private void cutNow() {
    Portal portal = held.undecided();
    if (portal != null && !skips()) {
      decide(portal, null, passed -> inPlace(passed, portal).ahead = passed);
      return;
    }
    cutting = false;
    if (skips()) {
      return;
    }
    if (bound) {
      throw ProtocolViolation.of("Query: in an extended unit (expected: Sync before it)");
    }
    open = false;
    own.unitEnded();
    openTransaction(false);
    releaseHeld();
    if (sent) {
      flow.upstream.send(flow.gate.protocol(), Encode.sync(Unpooled.buffer(5)));
      flow.answers.expect(new Expected.Cut());
      flow.unitRuns();
    }
  }

  /** Takes a message; owns its bytes. A Sync, a Flush or a full bound sets the batch going. */
  void take(Piece.Frame frame) {
    byte type = frame.type();
    if ((skipping || flow.answers.skipping()) && type != 'S') {
      frame.release();
      return;
    }
    gathered.add(frame);
    if (type == 'S' || type == 'H' || gathered.over(MOST_MESSAGES, MOST_BYTES)) {
      begin();
    }
  }

  private void begin() {
    batch.addAll(gathered.take());
    if (!open) {
      open = true;
      sent = false;
      bound = false;
      predicted = flow.answers.status();
    }
  }

  /** Goes on until the batch is through or waits. Returns whether it did anything. */
  boolean proceed() {
    boolean did = false;
    while (busy() && !flow.suspended()) {
      if (batch.isEmpty()) {
        cutNow();
      } else {
        step(batch.remove());
      }
      did = true;
    }
    return did;
  }

  private void step(Gathered.Message message) {
    Piece.Frame frame = message.frame();
    if ((skipping || flow.answers.skipping()) && frame.type() != 'S') {
      frame.release();
      return;
    }
    if (message.wrong() != null) {
      frame.release();
      refuse(Words.violation(message.wrong()), -1, null);
      return;
    }
    switch (message.content()) {
      case FrontendMessage.Parse parse -> parse(frame, parse);
      case FrontendMessage.Bind bind -> bind(frame, bind);
      case FrontendMessage.Describe(char kind, String name) -> describe(frame, kind, name);
      case FrontendMessage.Execute(String portal, int _) -> execute(frame, portal);
      case FrontendMessage.Close(char kind, String name) -> {
        flow.statements.close(kind, name);
        if (kind == 'S') {
          described.remove(name);
        }
        held.add(frame.bytes(), step('3', () -> {}), null);
      }
      case FrontendMessage.Flush _ -> settleBound(message, () -> flush(frame));
      case FrontendMessage.Sync _ -> settleBound(message, () -> sync(frame));
      case FrontendMessage other -> {
        frame.release();
        throw ProtocolViolation.of(
            "message: " + other.getClass().getSimpleName() + " (expected: extended query)");
      }
    }
  }

  private static Expected.Step step(char kind, Runnable done) {
    return new Expected.Step(kind, null, false, done);
  }

  private void parse(Piece.Frame frame, FrontendMessage.Parse parse) {
    Prepared statement =
        flow.statements.prepare(parse.name(), parse.text(), parse.parameterTypes());
    if (described.size() > MOST_DESCRIBED) {
      described.clear(); // what is not known of is masked
    }
    described.put(parse.name(), new Described());
    if (statement.own() != null) {
      frame.release();
      ErrorFields refusal = own.parse(statement);
      if (refusal != null) {
        refuse(refusal, -1, statement);
      }
      return;
    }
    Asked asked = Gathered.asked(statement, frame);
    Judged judged = flow.gate.judge(asked);
    // What depends on an estimate is decided when it is to run: until then it is only parsed.
    if (judged.decision() instanceof Decision.Blocked blocked
        && !(Planning.possible(statement.reading()) && flow.gate.dependsOnEstimate(asked))) {
      frame.release();
      flow.passage.flushReads();
      Parse.Rejected rejected = flow.reads.rejected(statement.text());
      refuse(Words.blocked(blocked, rejected), flow.gate.write(judged), statement);
      return;
    }
    held.add(frame.bytes(), step('1', () -> flow.statements.prepared(statement)), statement.name());
  }

  private void bind(Piece.Frame frame, FrontendMessage.Bind bind) {
    Prepared statement = flow.statements.statement(bind.statement());
    Portal portal =
        Gathered.portal(statement, flow.statements.parameterTypes(statement), bind, frame);
    portal.described =
        described
            .computeIfAbsent(bind.statement(), _ -> new Described())
            .bound(bind.resultFormats());
    flow.statements.bind(bind.portal(), portal);
    if (statement.own() != null) {
      frame.release();
      own.bind(bind.portal(), portal);
      return;
    }
    held.bind(frame.bytes(), step('2', () -> flow.statements.bound(bind.portal(), portal)), portal);
  }

  private void describe(Piece.Frame frame, char kind, String name) {
    Prepared statement =
        kind == 'S' ? flow.statements.statement(name) : flow.statements.portal(name).statement;
    if (statement.own() == null) {
      Runnable told =
          kind == 'S' ? () -> flow.statements.described(name, flow.answers.parameters()) : () -> {};
      Described about =
          kind == 'S'
              ? described.computeIfAbsent(name, _ -> new Described())
              : flow.statements.portal(name).described;
      held.add(
          frame.bytes(),
          new Expected.Step(kind, null, false, about == null ? new Described() : about, told),
          kind == 'S' ? name : null);
    } else {
      frame.release();
      own.describe(kind, statement.own());
    }
  }

  private void execute(Piece.Frame frame, String name) {
    Portal portal = flow.statements.portal(name);
    if (portal.statement.own() != null) {
      frame.release();
      own.execute(portal.statement.own());
      return;
    }
    Passage.Passed ahead = portal.ahead;
    portal.ahead = null;
    if (ahead != null && ahead.judged().dutiesAt() == flow.gate.rulebook().version()) {
      send(ahead, portal, frame);
    } else {
      decide(portal, frame, passed -> send(passed, inPlace(passed, portal), frame));
    }
  }

  private interface Go {
    void on(Passage.Passed passed);
  }

  /** Asks for an operation; {@code frame} is released if it is refused. */
  private void decide(Portal portal, Piece.@Nullable Frame frame, Go go) {
    flow.passage.ask(
        new Passage.Question(
            Gathered.asked(portal, held.holds(portal), () -> traces(portal.statement)),
            flow.wrote,
            predicted == 'E' && !endsTransaction(portal.statement),
            estimating(portal),
            new InPlace(portal),
            flow.reads.rejected(portal.statement.text())),
        new Passage.Then() {
          @Override
          public void run(Passage.Passed passed) {
            if (flow.answers.skipping()) {
              abandoned();
              held.dropAll();
              flow.answers.skipped(passed.run());
            } else {
              go.on(passed);
            }
          }

          @Override
          public void refused(ErrorFields error, long barrier) {
            if (frame != null) {
              frame.release();
            }
            refuse(error, barrier, portal.statement);
          }

          @Override
          public void abandoned() {
            if (frame != null) {
              frame.release();
            }
          }
        });
  }

  private Passage.@Nullable Estimating estimating(Portal portal) {
    Prepared statement = portal.statement;
    return Planning.possible(statement.reading()) && !statement.tainted()
        ? then -> flow.planning.ask(statement.text(), statement.types(), portal.bind, then)
        : null;
  }

  /** Reads what an approver puts in a portal's place: another text, the same values. */
  private final class InPlace implements Hold.Reread {
    private final Portal portal;

    InPlace(Portal portal) {
      this.portal = portal;
    }

    @Override
    public void read(String text, Consumer<Asked> then) {
      flow.reads.prepare(text, () -> then.accept(asked(text)));
    }

    private Asked asked(String text) {
      Prepared other = flow.statements.inPlaceOf(portal.statement, MODIFIED, text);
      Asked asked = Gathered.asked(portal, other, true, () -> traces(other));
      return other.own() == null && text.indexOf('\0') < 0
          ? asked
          : new Asked(
              text, asked.bytes(), asked.binds(), Set.of(Effect.unknown), asked.facts(), true);
    }

    @Override
    public boolean shaped() {
      return true;
    }

    @Override
    public void fits(Asked asked, Consumer<Optional<String>> then) {
      Prepared was = portal.statement;
      flow.planning.compare(was.text(), asked.text(), was.types(), then);
    }
  }

  /** The portal that runs: where an approver put another text in its place, one of that text. */
  private Portal inPlace(Passage.Passed passed, Portal portal) {
    if (!passed.modified()) {
      return portal;
    }
    String text = passed.judged().asked().text();
    Prepared other = flow.statements.inPlaceOf(portal.statement, MODIFIED, text);
    Portal now = new Portal(other, portal.bind, portal.binds);
    now.described = portal.described;
    held.replace(
        portal,
        List.of(
            Encode.close(Unpooled.buffer(32), 'S', MODIFIED),
            Encode.parse(Unpooled.buffer(), MODIFIED, text, other.types())),
        Encode.bound(Unpooled.buffer(), portal.name, MODIFIED, portal.bind),
        now);
    flow.statements.bind(portal.name, now);
    flow.statements.bound(portal.name, now);
    return now;
  }

  private List<Provenance> traces(Prepared statement) {
    return statement.tainted() ? List.of() : flow.statements.traces(statement.reading());
  }

  private static boolean copiesIn(Prepared statement) {
    return statement.reading().statements().stream()
        .anyMatch(s -> s instanceof Statement.Plain plain && plain.kind() == Statement.Kind.copyIn);
  }

  private static boolean endsTransaction(Prepared statement) {
    return statement.reading().statements().stream()
        .anyMatch(s -> s instanceof Statement.Transaction);
  }

  private void send(Passage.Passed passed, Portal portal, Piece.Frame frame) {
    Asked asked = passed.judged().asked();
    boolean wrap =
        predicted == 'T'
            && asked.onlyReads()
            && !flow.access.asksForMode(portal.statement.reading());
    openTransaction(flow.access.wantsReadWrite(portal.statement.reading()));
    if (wrap) {
      flow.access.enterExtended();
    }
    releaseHeld();
    flow.upstream.send(passed.permit(), frame.bytes());
    passed.run().described(portal.described);
    flow.answers.expect(new Expected.Step('E', passed.run(), false, () -> {}));
    if (wrap) {
      flow.access.leaveExtended();
    }
    sent = true;
    flow.ran(portal.statement.text(), portal.statement.reading(), asked.effects());
    char before = predicted;
    predicted = Gathered.after(before, portal.statement.reading());
    bound |= before == 'I' && predicted == 'I' || copiesIn(portal.statement);
  }

  /** The first bytes of a unit begin a transaction; its mode must fit everything gathered. */
  private void openTransaction(boolean readWrite) {
    if (!sent && flow.answers.status() == 'I' && (readWrite || !held.isEmpty())) {
      boolean wanted = readWrite || held.anyWrites(flow) || Gathered.anyWrites(batch, flow);
      flow.access.beginExtended(wanted);
    }
  }

  private void releaseHeld() {
    if (!held.isEmpty()) {
      held.release(flow);
      sent = true;
    }
  }

  /**
   * Decides what was bound and is not executed before this Flush or Sync: binding plans, and
   * planning may run functions.
   */
  private void settleBound(Gathered.Message message, Runnable then) {
    Portal portal = held.undecided();
    if (portal == null || skipping || flow.answers.skipping()) {
      then.run();
      return;
    }
    batch.addFirst(message);
    decide(portal, null, passed -> inPlace(passed, portal).ahead = passed);
  }

  private void flush(Piece.Frame frame) {
    if (!sent && held.isEmpty()) {
      frame.release();
      return;
    }
    openTransaction(false);
    releaseHeld();
    flow.upstream.send(flow.gate.protocol(), frame.bytes());
  }

  private void sync(Piece.Frame frame) {
    if (flow.answers.skipping()) {
      held.dropAll();
    }
    openTransaction(false);
    releaseHeld();
    boolean local = !sent && (skipping || own.answered());
    open = false;
    skipping = false;
    own.unitEnded();
    if (local) {
      frame.release();
      ByteBuf ready = Encode.readyForQuery(Unpooled.buffer(8), flow.answers.status());
      flow.answers.expect(new Expected.Local(ready, -1));
      flow.unitEnded();
      return;
    }
    flow.upstream.send(flow.gate.protocol(), frame.bytes());
    flow.answers.expect(new Expected.SyncPoint(false));
    flow.unitRuns();
  }

  /** Refuses one statement; what follows is skipped up to Sync, as after any error. */
  private void refuse(ErrorFields error, long barrier, @Nullable Prepared statement) {
    if (statement == null) {
      held.dropAll();
    } else {
      held.drop(statement);
    }
    skipping = true;
    if (flow.answers.skipping()) {
      held.dropAll(); // the caller has its error already, and the target skips too
      return;
    }
    if (!sent && held.isEmpty() && flow.answers.status() != 'T') {
      flow.answers.expect(
          new Expected.Local(Encode.errorResponse(Unpooled.buffer(), error), barrier));
      return;
    }
    openTransaction(false);
    releaseHeld();
    flow.failInPlace(error, barrier);
    sent = true;
  }

  /** Releases everything gathered. */
  void close() {
    gathered.take().forEach(message -> message.frame().release());
    batch.forEach(message -> message.frame().release());
    batch.clear();
    held.dropAll();
  }

  static boolean writes(Prepared statement) {
    return Gate.writes(statement.effects());
  }
}
