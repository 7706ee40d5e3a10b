package countersign.edge.protocol.postgres;

import countersign.edge.gate.Gate;
import countersign.edge.gate.Upstream;
import countersign.operation.Effect;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Reading;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Set;

/** What the two flows of one session share. Confined to the event loop. */
final class Flow {
  /** PostgreSQL's grammar refuses it in every version, before it looks at the transaction. */
  private static final String INVALID = "countersign refused the statement that stood here";

  final Gate gate;
  final Upstream upstream;
  final Answers answers;
  final Outbox outbox;
  final Passage passage;
  final Reads reads;
  final Planning planning;
  final Statements statements;
  final AccessMode access;
  final OwnSettings own;
  private boolean running;
  private boolean suspended;

  /** Whether the open transaction has written. */
  boolean wrote;

  Flow(
      Gate gate,
      Upstream upstream,
      Answers answers,
      Outbox outbox,
      Passage passage,
      AccessMode mode,
      Reads reads,
      Planning planning) {
    this.gate = gate;
    this.upstream = upstream;
    this.answers = answers;
    this.outbox = outbox;
    this.passage = passage;
    this.reads = reads;
    this.planning = planning;
    this.statements = new Statements(reads);
    this.access = mode;
    this.own = new OwnSettings(gate);
  }

  /** A unit (one Query, or messages up to Sync) is with the target whole: only answers now. */
  void unitRuns() {
    running = true;
  }

  boolean running() {
    return running;
  }

  /** Whether log or people are waited for: nothing is taken. */
  boolean suspended() {
    return suspended;
  }

  void suspended(boolean on) {
    suspended = on;
  }

  /** Everything of the unit is answered. */
  void unitEnded() {
    running = false;
    boolean inBlock = answers.status() != 'I';
    wrote &= inBlock;
    statements.unitEnded(inBlock);
  }

  /** An operation was sent. */
  void ran(String text, Reading reading, Set<Effect> effects) {
    statements.ran(text, reading);
    access.ran(reading, effects);
    wrote |= Gate.writes(effects);
  }

  /** Makes the target itself fail what is open, and the caller read other words for it. */
  void failInPlace(ErrorFields error, long barrier) {
    upstream.send(
        gate.protocol(), Encode.parse(Unpooled.buffer(96), "countersign", INVALID, List.of()));
    answers.expect(new Expected.Refusal(error, barrier));
  }
}
