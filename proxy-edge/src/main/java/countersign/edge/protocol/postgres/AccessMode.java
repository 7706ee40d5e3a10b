package countersign.edge.protocol.postgres;

import countersign.edge.gate.Gate;
import countersign.edge.gate.Upstream;
import countersign.operation.Effect;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps reads in read-only transactions: a second wall behind the reading of the text. The session
 * begins with {@code default_transaction_read_only=on}; around writes the edge turns it off. A
 * plain read inside a read-write block runs in a subtransaction made read-only, whose end restores
 * the mode. Confined to the event loop.
 */
final class AccessMode {
  static final String SETTING = "default_transaction_read_only";
  private static final String SAVEPOINT = "SAVEPOINT countersign_read";
  private static final String READ_ONLY = "SET LOCAL transaction_read_only = on";
  private static final String RELEASE = "RELEASE SAVEPOINT countersign_read";
  private static final String OWN = "countersign";

  /** What of what steers a session gives it its mode back: RESET ALL, READ WRITE and the like. */
  private static final Pattern MODE = Pattern.compile("(?i)read_only|read\\s+write|\\ball\\b");

  private final Gate gate;
  private final Upstream upstream;
  private final Answers answers;

  /** What the target's default is; {@code unknown} after operations that may have changed it. */
  private Default standing = Default.readOnly;

  /** Whether the caller asked for read-only transactions: then its writes fail as it wants. */
  private boolean wished;

  private enum Default {
    readOnly,
    readWrite,
    unknown
  }

  AccessMode(Gate gate, Upstream upstream, Answers answers) {
    this.gate = gate;
    this.upstream = upstream;
    this.answers = answers;
  }

  /** Sets the mode for a Query that begins a transaction now; only outside a transaction. */
  void begin(boolean readWrite) {
    if (changes(readWrite)) {
      query(set());
    }
  }

  /**
   * Sets the mode for an extended unit that begins a transaction now; only outside a transaction. A
   * Query would cost the caller its unnamed statement.
   */
  void beginExtended(boolean readWrite) {
    if (changes(readWrite)) {
      steps(set());
      upstream.send(gate.protocol(), Encode.sync(Unpooled.buffer(5)));
      answers.expect(new Expected.SyncPoint(true));
    }
  }

  private boolean changes(boolean readWrite) {
    Default wanted = readWrite && !wished ? Default.readWrite : Default.readOnly;
    boolean changes = standing != wanted;
    standing = wanted;
    return changes;
  }

  private String set() {
    return "SET " + SETTING + " = " + (standing == Default.readWrite ? "off" : "on");
  }

  /** A change of the mode did not go through: nobody knows how it stands. */
  void failed() {
    standing = Default.unknown;
  }

  /** An operation ran: it may have set the mode itself, or nobody foresaw its effects. */
  void ran(Reading reading, Set<Effect> effects) {
    if (effects.contains(Effect.unknown) || effects.contains(Effect.session)) {
      standing = Default.unknown;
    }
    for (Statement statement : reading.statements()) {
      switch (statement) {
        case Statement.Setting(String name, String _)
            when name.equals(Statement.Setting.READ_ONLY) ->
            wishes(true);
        case Statement.Setting(String name, String _)
            when name.equals(Statement.Setting.MODE_DEFAULT) ->
            wishes(false);
        case Statement.Plain plain
            when plain.effects().contains(Effect.session) && MODE.matcher(plain.text()).find() ->
            wishes(false);
        default -> {}
      }
    }
  }

  private void wishes(boolean readOnly) {
    wished = readOnly;
    standing = Default.unknown;
  }

  /** Whether a text must begin in read-write mode. */
  boolean wantsReadWrite(Reading reading) {
    if (Gate.writes(reading.effects()) || asksForMode(reading)) {
      return true;
    }
    for (Statement statement : reading.statements()) {
      if (opensBlock(statement)) {
        return gate.mayWrite();
      }
    }
    return false;
  }

  /**
   * Whether a text only asks for the mode, in a session that may write: SHOW runs no code, and the
   * caller is told the mode of its own statements and not that of the edge's reads.
   */
  boolean asksForMode(Reading reading) {
    for (Statement statement : reading.statements()) {
      if (!showsMode(statement)) {
        return false;
      }
    }
    return !reading.statements().isEmpty() && gate.mayWrite();
  }

  private static boolean showsMode(Statement statement) {
    return statement instanceof Statement.Plain plain
        && plain.kind() == Statement.Kind.show
        && plain.text().toLowerCase(Locale.ROOT).contains("read_only");
  }

  private static boolean opensBlock(Statement statement) {
    return statement instanceof Statement.Transaction(var verb, var access, _)
        && verb == Statement.Verb.begin
        && access != Statement.Access.readOnly;
  }

  /** Makes what follows read-only inside a block, by simple queries. */
  void enter() {
    query(SAVEPOINT + "; " + READ_ONLY);
  }

  /** Ends {@link #enter()}. */
  void leave() {
    query(RELEASE);
  }

  /** Makes what follows read-only inside a block, within an extended unit. */
  void enterExtended() {
    steps(SAVEPOINT);
    steps(READ_ONLY);
  }

  /** Ends {@link #enterExtended()}. */
  void leaveExtended() {
    steps(RELEASE);
  }

  private void query(String text) {
    Run run = new Run(gate.own(text), -1);
    upstream.send(gate.protocol(), Encode.query(Unpooled.buffer(text.length() + 8), text));
    answers.expect(new Expected.Own(run));
  }

  private void steps(String text) {
    Run run = new Run(gate.own(text), -1);
    ByteBuf bytes = Unpooled.buffer(128);
    Encode.parse(bytes, OWN, text, List.of());
    Encode.bind(bytes, OWN, OWN, List.of());
    Encode.execute(bytes, OWN, 0);
    Encode.close(bytes, 'P', OWN);
    Encode.close(bytes, 'S', OWN);
    upstream.send(gate.protocol(), bytes);
    answers.expect(new Expected.Step('1', null, true, () -> {}));
    answers.expect(new Expected.Step('2', null, true, () -> {}));
    answers.expect(new Expected.Step('E', run, true, () -> {}));
    answers.expect(new Expected.Step('3', null, true, () -> {}));
    answers.expect(new Expected.Step('3', null, true, () -> {}));
  }
}
