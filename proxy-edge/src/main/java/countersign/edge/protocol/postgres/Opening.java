package countersign.edge.protocol.postgres;

import countersign.deciding.LossContract;
import countersign.duty.Duty;
import countersign.edge.credential.Login;
import countersign.edge.credential.TargetLogin;
import countersign.edge.gate.Caller;
import countersign.edge.gate.Gate;
import countersign.edge.mask.MaskRules;
import countersign.edge.record.Journal;
import countersign.edge.record.Recorder;
import countersign.port.AppendRefused;
import countersign.port.Feed;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.target.Target;
import countersign.wire.postgres.ErrorFields;
import io.netty.channel.Channel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable life of a session from SessionOpened to SessionClosed, whoever speaks in between.
 * Confined to the session's event loop, except {@link #terminate}.
 */
final class Opening {
  private final Edge edge;
  private final Channel client;
  private final Target target;
  private final Journal journal;
  private final Recorder recorder;
  private final Gate gate;
  private final Leasing leasing;
  private final Target.Recording recording;
  private final int minor;
  private final Feed.Subscription termination;
  private final Consumer<String> unserved;
  private @Nullable Conversation conversation;
  private Steering steering = Steering.NONE;
  private boolean closed;

  /**
   * Begins a session; its first event is on its way to the log.
   *
   * @param minor minor version of the protocol spoken with the caller
   * @param unserved ends the session with words while no conversation does
   */
  Opening(
      Edge edge,
      Channel client,
      Admission.Admitted admitted,
      int minor,
      Consumer<String> unserved) {
    this.edge = edge;
    this.client = client;
    this.target = admitted.target();
    this.minor = minor;
    this.unserved = unserved;
    SessionId id = SessionId.next();
    this.journal = new Journal(id, edge.append(), client.eventLoop(), this::refused);
    this.recorder = new Recorder(journal, edge.budget(), client.eventLoop(), this::relieved);
    this.gate = new Gate(admitted.caller(), journal, edge.feed());
    this.recording = gate.recording();
    this.leasing =
        new Leasing(edge.login(), client.eventLoop(), target, gate, journal, admitted.scope());
    this.termination =
        edge.feed()
            .onTerminate(id, why -> client.eventLoop().execute(() -> end("terminated: " + why)));
    edge.sessions().opened(this);
  }

  /**
   * Writes SessionOpened and what is decided on the caller's settings, and dials the target once
   * that is durable.
   *
   * @param chosen the caller's startup parameters
   */
  void dial(StartupSettings chosen, TargetLogin.Outcome outcome) {
    Map<String, String> settings = chosen.passed();
    Caller caller = gate.caller();
    long seq =
        journal.append(
            new SessionEvent.Opened(
                journal.session(),
                edge.settings().edge(),
                caller.protocol(),
                recording.name(),
                caller.principal(),
                caller.target(),
                caller.database(),
                caller.role(),
                Peer.address(client),
                settings.getOrDefault("application_name", "")));
    steering = Steering.decide(gate, chosen.steering());
    ErrorFields refusal = steering.refusal();
    if (refusal != null) {
      journal.whenDurable(journal.flush(), () -> outcome.refused(refusal));
      return;
    }
    Map<String, String> all = new LinkedHashMap<>();
    all.put("database", caller.database());
    all.putAll(settings);
    all.putAll(chosen.steering());
    all.putIfAbsent("client_encoding", "UTF8");
    all.put(AccessMode.SETTING, "on");
    TargetLogin.Outcome then = steering.completing(journal, outcome);
    journal.whenDurable(Math.max(seq, steering.seq()), () -> leasing.login(all, then));
  }

  /** What the caller's settings at the start do to the session. */
  Steering steering() {
    return steering;
  }

  /**
   * Ends the session's lease, and writes what is left and SessionClosed. Once.
   *
   * @param end {@code client}, {@code target}, {@code edge} or {@code refused}
   * @param then hears the number of SessionClosed; at once where nothing was leased
   */
  void close(String end, String detail, LongConsumer then) {
    leasing.end(() -> then.accept(close(end, detail)));
  }

  private long close(String end, String detail) {
    if (closed) {
      return journal.flush();
    }
    closed = true;
    termination.close();
    recorder.flush();
    long seq =
        journal.append(
            new SessionEvent.Closed(
                journal.session(),
                edge.settings().edge(),
                recorder.segments(),
                recorder.bytesIn(),
                recorder.bytesOut(),
                end,
                detail));
    if (journal.refused()) {
      over();
    } else {
      journal.whenDurable(seq, this::over);
    }
    return seq;
  }

  private void over() {
    recorder.close();
    edge.sessions().closed(this);
  }

  private void refused(AppendRefused why) {
    Conversation talking = conversation;
    if (talking != null && !talking.ended()) {
      talking.refused(why);
    } else {
      unserved.accept("the record cannot be written: " + why.getMessage());
    }
    close("refused", "record");
    over();
  }

  private void relieved() {
    Conversation talking = conversation;
    if (talking != null) {
      talking.pump();
    }
  }

  /** Ends the session with words for the caller; from any thread. */
  void terminate(String why) {
    client.eventLoop().execute(() -> end(why));
  }

  private void end(String why) {
    Conversation talking = conversation;
    if (talking != null) {
      talking.terminate(why);
    } else {
      unserved.accept(why);
    }
  }

  /** What is masked at the target, null for nothing. */
  @Nullable MaskRules maskRules() {
    List<String> duties =
        LossContract.duties(gate.rulebook(), gate.caller().principal(), target.name()).stream()
            .map(Duty::name)
            .toList();
    return MaskRules.of(target, edge.settings().maskingKey(), duties);
  }

  void conversation(Conversation talking) {
    conversation = talking;
  }

  /** Minor version of protocol 3 that the caller speaks. */
  int minor() {
    return minor;
  }

  /** Who logs in on connections of the edge's own for this session. */
  Login asking() {
    return leasing.asking();
  }

  /** A search path that the target reports, as {@link #asking} would see it reported. */
  String pathOf(String reported) {
    return leasing.pathOf(reported);
  }

  /** What lends a leased role the right for an approved operation; null where there is none. */
  @Nullable LeaseRight right() {
    return leasing.right();
  }

  Edge edge() {
    return edge;
  }

  Channel client() {
    return client;
  }

  Target target() {
    return target;
  }

  Journal journal() {
    return journal;
  }

  Recorder recorder() {
    return recorder;
  }

  Gate gate() {
    return gate;
  }

  /** The loss contract that the session was opened with. */
  Target.Recording recording() {
    return recording;
  }

  /** Whether answers wait for the segment that holds them. */
  boolean strict() {
    return recording == Target.Recording.strict;
  }
}
