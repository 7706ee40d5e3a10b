package countersign.api.recording;

import countersign.port.Recordings;
import countersign.session.SessionId;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.wire.recording.Pcapng;
import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Whole recordings as captures for Wireshark. Blocking: for virtual threads. */
@ApplicationScoped
public class Captures {
  private final Views views;
  private final Recordings recordings;

  /** Reads through these. */
  @Inject
  public Captures(Views views, Recordings recordings) {
    this.views = views;
    this.recordings = recordings;
  }

  /**
   * Refuses a session whose protocol is not known to be TCP that Wireshark dissects.
   *
   * @throws IllegalArgumentException naming what can be had
   */
  static void require(SessionView session) {
    if (!session.protocol().equals("postgres")) {
      throw new IllegalArgumentException(
          "format: pcapng of a session by "
              + session.protocol()
              + " (expected: a session by postgres)");
    }
  }

  /**
   * Writes what is durable now, with the connection's end when the session has ended; what {@code
   * to} takes sets the pace. The first packet of each piece names the piece's event, and each
   * packet names what was decided since the one before.
   *
   * @throws IOException when {@code to} takes no more
   */
  public void write(SessionView session, OutputStream to) throws IOException {
    Pcapng capture = new Pcapng(session.openedAt(), Pcapng.POSTGRES);
    to.write(capture.begin(about(session)));
    SegmentSource source =
        new SegmentSource(views, recordings, SessionId.parse(session.id()), _ -> true);
    Decisions decisions = new Decisions(views, session.id());
    for (SegmentSource.Piece piece = source.next(); piece != null; piece = source.next()) {
      write(piece, capture, decisions, to);
    }
    Instant closed = session.closedAt();
    if (closed != null) {
      long micros = ChronoUnit.MICROS.between(session.openedAt(), closed);
      to.write(capture.end(micros, decisions.until(micros)));
    }
  }

  private static void write(
      SegmentSource.Piece piece, Pcapng capture, Decisions decisions, OutputStream to)
      throws IOException {
    long micros = piece.segment().fromMicros();
    long in = piece.segment().inFrom();
    long out = piece.segment().outFrom();
    String event = "event %d: segment %d".formatted(piece.position(), piece.segment().number());
    List<String> comments = new ArrayList<>(List.of(event));
    for (SegmentCodec.Frame frame : SegmentCodec.decode(piece.segment().frames())) {
      micros += frame.micros();
      comments.addAll(decisions.until(micros));
      boolean inwards = frame.direction() == Direction.in;
      to.write(
          capture.packet(frame.direction(), inwards ? in : out, micros, frame.bytes(), comments));
      comments.clear();
      in += inwards ? frame.bytes().length : 0;
      out += inwards ? 0 : frame.bytes().length;
    }
  }

  private static List<String> about(SessionView session) {
    return List.of(
        "session %s: %s on %s"
            .formatted(session.id(), String.join(" → ", session.chain()), session.target()),
        "recorded by Countersign between caller and gateway, in plain text, after the log-in;"
            + " addresses, ports and TCP itself are made up");
  }
}
