package countersign.edge.protocol.postgres;

import static countersign.operation.Effect.change;
import static countersign.operation.Effect.create;
import static countersign.operation.Effect.destroy;
import static countersign.operation.Effect.privilege;
import static countersign.operation.Effect.program;
import static countersign.operation.Effect.read;
import static countersign.operation.Effect.schema;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.edge.EdgeSettings;
import countersign.edge.grammar.Parsers;
import countersign.identity.Authentication;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.session.EdgeId;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.target.Target;
import countersign.wire.recording.SegmentCodec;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An edge before the real target, with stand-ins for log, people and identity. */
final class Bench implements AutoCloseable {
  static final String URL = "https://countersign.example";
  final Control control;
  final PostgresEdge edge;
  final TargetServer target = TargetServer.shared();
  private final EventLoopGroup loops = new NioEventLoopGroup(2);

  /** One for all tests: a parser takes 60 MB and a second to load. */
  private static final Parsers PARSERS = new Parsers();

  private final Rule.Hold terms;
  private final Target.Recording recording;
  private final Wiring wiring;

  /** How the edge is reached and reaches. */
  record Wiring(
      java.nio.file.Path certificate,
      java.nio.file.Path key,
      Target.Tls tls,
      int listen,
      int targetPort,
      Target.Credential credential) {
    static final Wiring PLAIN = new Wiring(null, null, Target.Tls.disable, 0);

    Wiring(
        java.nio.file.Path certificate,
        java.nio.file.Path key,
        Target.Tls tls,
        int listen,
        int targetPort) {
      this(
          certificate,
          key,
          tls,
          listen,
          targetPort,
          new Target.Credential("app", "${env:ORDERS_PW}"));
    }

    /** As {@link #PLAIN}, with another login at the target. */
    static Wiring with(Target.Credential credential) {
      return new Wiring(
          null, null, Target.Tls.disable, 0, TargetServer.shared().port(), credential);
    }

    Wiring(java.nio.file.Path certificate, java.nio.file.Path key, Target.Tls tls, int listen) {
      this(certificate, key, tls, listen, TargetServer.shared().port());
    }
  }

  Bench() {
    this(
        new Rule.Hold(
            Set.of("approvers"),
            1,
            Duration.ofMinutes(5),
            Rule.Wait.stream,
            false,
            Duration.ofSeconds(60)),
        Target.Recording.statement);
  }

  Bench(Rule.Hold terms, Target.Recording recording) {
    this(terms, recording, Wiring.PLAIN);
  }

  Bench(Wiring wiring) {
    this(Rule.Hold.DEFAULT, Target.Recording.statement, wiring);
  }

  Bench(Rule.Hold terms, Target.Recording recording, Wiring wiring) {
    this.terms = terms;
    this.recording = recording;
    this.wiring = wiring;
    control = new Control(rulebook(0));
    edge =
        new PostgresEdge(
            new EdgeSettings(
                EdgeId.next(),
                "127.0.0.1",
                0,
                0,
                wiring.certificate(),
                wiring.key(),
                wiring.certificate() == null,
                URL,
                new byte[32]),
            loops,
            control,
            control,
            (token, certificate) ->
                token.equals("good") || token.equals("bound to " + certificate)
                    ? CompletableFuture.completedFuture(ada())
                    : CompletableFuture.failedFuture(
                        new Authentication.Refused(
                            "token expired 3 min ago: run countersign token")),
            _ -> TargetServer.PASSWORD.toCharArray(),
            PARSERS);
    edge.start();
  }

  static Principal ada() {
    Principal.Hop hop =
        new Principal.Hop(
            "agent-ada",
            "agent-ada",
            Principal.Kind.agent,
            Set.of("ai-agents"),
            "alice",
            "https://issuer",
            "ada",
            "");
    return new Principal(List.of(hop), Set.of(), false, Instant.now().plusSeconds(900));
  }

  Rulebook rulebook(long version, Rule... more) {
    Rule allow = rule(Rule.Action.allow, Set.of(read, create, change));
    Rule hold = rule(Rule.Action.hold, Set.of(destroy, schema));
    Rule block = rule(Rule.Action.block, Set.of(privilege, program, Effect.unknown));
    List<Rule> rules = new java.util.ArrayList<>(List.of(allow, hold, block));
    rules.addAll(List.of(more));
    Duty duty = new Duty("ai-duty", Set.of("ai-agents"), Set.of("orders"), rules);
    Target orders =
        new Target(
            "orders",
            "postgres",
            "127.0.0.1",
            wiring.targetPort(),
            "postgres",
            wiring.tls(),
            wiring.listen(),
            wiring.credential(),
            new Target.Protection(List.of(), recording));
    Target secret =
        new Target(
            "vault",
            "postgres",
            "127.0.0.1",
            target.port(),
            "postgres",
            Target.Tls.disable,
            0,
            new Target.Credential("app", "${env:ORDERS_PW}"),
            new Target.Protection(List.of(), recording));
    return new Rulebook(
        version,
        Map.of("ai-duty", duty),
        Map.of("orders", orders, "vault", secret),
        List.of(),
        List.of(new Rulebook.Agent("agent-ada", "alice")),
        Map.of());
  }

  /** Masks values of the target in the rules in force. */
  void mask(Target.Mask... masks) {
    Rulebook book = control.rulebook();
    Map<String, Target> targets = new java.util.HashMap<>(book.targets());
    targets.computeIfPresent(
        "orders",
        (_, was) ->
            new Target(
                was.name(),
                was.type(),
                was.host(),
                was.port(),
                was.database(),
                was.tls(),
                was.listen(),
                was.credential(),
                new Target.Protection(
                    was.protection().blocks(), was.protection().recording(), List.of(masks))));
    control.rulebook(
        new Rulebook(
            book.version() + 1,
            book.duties(),
            targets,
            book.people(),
            book.agents(),
            book.powers()));
  }

  /** Allows everything there is. */
  void allowEverything() {
    allow(java.util.EnumSet.allOf(Effect.class));
  }

  /** Allows these effects and nothing else. */
  void allow(Set<Effect> effects) {
    Rule rule = rule(Rule.Action.allow, effects);
    duty(was -> new Duty(was.name(), was.groups(), was.targets(), List.of(rule)));
  }

  /** Changes the duty of agents in the rules in force. */
  void duty(java.util.function.UnaryOperator<Duty> change) {
    Rulebook book = control.rulebook();
    Duty was = java.util.Objects.requireNonNull(book.duties().get("ai-duty"));
    control.rulebook(
        new Rulebook(
            book.version() + 1,
            Map.of("ai-duty", change.apply(was)),
            book.targets(),
            book.people(),
            book.agents(),
            book.powers()));
  }

  Rule rule(Rule.Action action, Set<Effect> effects) {
    return new Rule(action, effects, Rule.Match.ANYTHING, "", terms, "");
  }

  List<String> where() {
    return List.of("-h", "127.0.0.1", "-p", "" + edge.port(), "-U", "agent-ada", "-d", "orders");
  }

  Psql.Said psql(String... statements) {
    return Psql.run(
        where(), "good", List.of("-v", "VERBOSITY=verbose"), String.join("\n", statements) + "\n");
  }

  Process psqlInBackground(String... commands) {
    List<String> arguments = new java.util.ArrayList<>(List.of("-v", "VERBOSITY=verbose"));
    for (String command : commands) {
      arguments.addAll(List.of("-c", command));
    }
    return Psql.start(where(), "good", arguments);
  }

  WireClient client() {
    return new WireClient(edge.port(), "agent-ada", "orders", "good");
  }

  /** The recording of one direction, put together again. */
  byte[] recorded(SegmentCodec.Direction direction) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (SegmentRecorded segment : control.of(SegmentRecorded.class)) {
      for (SegmentCodec.Frame frame : SegmentCodec.decode(segment.frames())) {
        if (frame.direction() == direction) {
          all.writeBytes(frame.bytes());
        }
      }
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    control.unstick();
    edge.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
