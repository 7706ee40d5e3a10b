package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.TargetLogin;
import countersign.session.SessionEvent.OutcomeUnknown;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks a target how it would run a statement, or what it looks like, on a connection of its own, in
 * a read-only transaction, with the target's credential, and records it as an operation of {@code
 * countersign}. Planning may run functions, so only what is known to be harmless is asked about.
 * Confined to the event loop.
 */
final class Planning {
  private static final String EXPLAIN = "explain ";
  private static final String MILLIS = "3000";
  private static final int MOST_LINES = 1_000;
  private static final Set<Statement.Kind> PLANNED =
      Set.of(
          Statement.Kind.select,
          Statement.Kind.insert,
          Statement.Kind.update,
          Statement.Kind.delete,
          Statement.Kind.merge);

  private final Opening opening;
  private final EventLoop loop;
  private final List<Run> asking = new ArrayList<>();

  Planning(Opening opening, EventLoop loop) {
    this.opening = opening;
    this.loop = loop;
  }

  /** Whether a statement may be asked about: one, of a kind that has a plan, all of it known. */
  static boolean possible(Reading reading) {
    return reading.statements().size() == 1
        && reading.statements().getFirst() instanceof Statement.Plain plain
        && PLANNED.contains(plain.kind())
        && reading.effects().stream()
            .noneMatch(effect ->
                switch (effect) {
                  case unknown, program, session, forward, privilege -> true;
                  case read, create, change, destroy, schema -> false;
                });
  }

  /**
   * Asks.
   *
   * @param types declared types of the parameters
   * @param values the rest of a Bind's body after the names: formats, values and result formats;
   *     empty for a statement without parameters
   * @param then called once on the loop; with nothing when the target does not say
   */
  void ask(String text, List<Integer> types, byte[] values, Consumer<Optional<Plan>> then) {
    List<String> lines = new ArrayList<>();
    converse(
        EXPLAIN + text,
        question(text, types, values),
        1,
        message -> line(message, lines),
        whole -> then.accept(whole ? Plan.read(lines) : Optional.empty()));
  }

  private static void line(BackendMessage message, List<String> lines) {
    if (message instanceof BackendMessage.DataRow row && lines.size() < MOST_LINES) {
      ByteBuf line = row.values().isEmpty() ? null : row.values().getFirst();
      if (line != null) {
        lines.add(line.toString(StandardCharsets.UTF_8));
      }
    }
  }

  /**
   * Asks whether another text has the shape that a statement's caller was told: the same
   * parameters, and the same columns from the same tables.
   *
   * @param types declared types of the parameters
   * @param then called once on the loop, with what is different, nothing when nothing is
   */
  void compare(String text, String other, List<Integer> types, Consumer<Optional<String>> then) {
    ByteBuf out = Unpooled.buffer();
    for (String one : List.of(text, other)) {
      Encode.parse(out, "", one, types);
      Encode.sync(Encode.describe(out, 'S', ""));
    }
    List<BackendMessage> said = new ArrayList<>();
    converse(
        "describe " + other,
        out,
        2,
        said::add,
        whole ->
            then.accept(
                whole ? Shape.difference(said) : Optional.of("the target does not describe it")));
  }

  private void converse(
      String what,
      ByteBuf question,
      int units,
      Consumer<BackendMessage> hears,
      Consumer<Boolean> then) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("database", opening.gate().caller().database());
    settings.put("client_encoding", "UTF8");
    settings.put("application_name", "countersign");
    settings.put(AccessMode.SETTING, "on");
    settings.put("statement_timeout", MILLIS);
    settings.put("lock_timeout", MILLIS);
    Run run = new Run(opening.gate().own(what), -1);
    asking.add(run);
    Consumer<Boolean> answered =
        whole -> {
          ended(run, whole);
          then.accept(whole);
        };
    opening
        .edge()
        .login()
        .login(
            loop,
            opening.target(),
            opening.asking(),
            settings,
            new TargetLogin.Outcome() {
              @Override
              public void ready(LoggedIn in) {
                in.channel().pipeline().addLast(new Aside(in, question, units, hears, answered));
              }

              @Override
              public void failed(String why) {
                question.release();
                answered.accept(false);
              }
            });
  }

  /** Parse, Bind, Execute and Sync; what comes back is text whatever the caller wanted. */
  private static ByteBuf question(String text, List<Integer> types, byte[] values) {
    ByteBuf out = Encode.parse(Unpooled.buffer(), "", EXPLAIN + text, types);
    ByteBuf bound = Unpooled.wrappedBuffer(values.length == 0 ? new byte[6] : values);
    int all = bound.readableBytes();
    bound.skipBytes(2 * bound.readUnsignedShort());
    int parameters = bound.readUnsignedShort();
    for (int i = 0; i < parameters; i++) {
      bound.skipBytes(Math.max(0, bound.readInt()));
    }
    int kept = all - bound.readableBytes();
    out.writeByte('B').writeInt(4 + 2 + kept + 2).writeShort(0);
    out.writeBytes(bound, 0, kept).writeShort(0);
    Encode.execute(out, "", 0);
    return Encode.sync(out);
  }

  private void ended(Run run, boolean well) {
    if (!asking.remove(run)) {
      return;
    }
    if (!well) {
      run.failed("58000");
    }
    opening.journal().later(run.completed(opening.journal().session()));
  }

  /** The session ends: nobody will write down how a question of its own went. */
  void lost(String why) {
    for (Run run : asking) {
      opening.journal().later(new OutcomeUnknown(opening.journal().session(), run.id(), why));
    }
    asking.clear();
  }
}
