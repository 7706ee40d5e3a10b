package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes the other form of each disclosed session whose opening is disclosed too. */
final class Replays {
  /** Events that are told before one packet. */
  private static final int MOST_LINES = 50;

  private final Spool spool;
  private final Optional<ReplayForm> form;
  private final Map<UUID, One> open = new HashMap<>();

  /** Something that happened. */
  private record Happened(long micros, String line) {}

  private record One(
      String path, Instant opened, ReplayForm.Replay replay, Deque<Happened> happened) {

    /** What happened by then and was not told yet. */
    List<String> until(long micros) {
      List<String> lines = new ArrayList<>();
      while (!happened.isEmpty() && happened.getFirst().micros <= micros) {
        lines.add(happened.remove().line);
      }
      return lines;
    }

    void add(Instant at, String line) {
      if (happened.size() < MOST_LINES) {
        happened.add(new Happened(micros(at), line));
      } else if (happened.size() == MOST_LINES) {
        happened.add(new Happened(micros(at), "and more: see events/leaves.jsonl"));
      }
    }

    long micros(Instant at) {
      return ChronoUnit.MICROS.between(opened, at);
    }
  }

  Replays(Spool spool, Optional<ReplayForm> form) {
    this.spool = spool;
    this.form = form;
  }

  /** A disclosed event of a session. */
  void event(long position, Leaf leaf, Json clear) throws IOException, Malformed {
    UUID session = leaf.session();
    if (form.isEmpty() || session == null) {
      return;
    }
    if (leaf.type().equals("SessionOpened")) {
      begin(session, leaf.at(), clear.text("protocol"));
    }
    One one = open.get(session);
    if (one == null) {
      return;
    }
    String line = "event %d: %s %s".formatted(position, leaf.type(), leaf.id());
    if (leaf.type().equals("SessionClosed")) {
      List<String> lines = one.until(Long.MAX_VALUE);
      lines.add(line);
      append(one, one.replay.end(one.micros(leaf.at()), lines));
      open.remove(session);
    } else {
      one.add(leaf.at(), line);
    }
  }

  private void begin(UUID session, Instant opened, String protocol) throws IOException {
    ReplayForm made = form.orElseThrow();
    Optional<ReplayForm.Replay> replay = made.begin(session, protocol, opened);
    if (replay.isPresent()) {
      One one =
          new One(
              "replay/" + session + "/" + made.name(), opened, replay.get(), new ArrayDeque<>());
      open.put(session, one);
      append(one, replay.get().begin());
    }
  }

  /** A piece of a recording, after {@link #event} of the same. */
  void segment(UUID session, Segment segment) throws IOException {
    One one = open.get(session);
    if (one == null) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Segment.Frame frame : segment.frames()) {
      bytes.writeBytes(
          one.replay.bytes(
              frame.outwards(),
              frame.offset(),
              frame.micros(),
              segment.bytes(frame),
              one.until(frame.micros())));
    }
    append(one, bytes.toByteArray());
  }

  private void append(One one, byte[] bytes) throws IOException {
    spool.append(one.path, Role.replay, form.orElseThrow().mediaType(), bytes, bytes.length);
  }
}
