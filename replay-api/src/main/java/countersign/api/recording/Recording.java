package countersign.api.recording;

import countersign.api.access.Stages;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.port.Recordings;
import countersign.retention.Forgetting;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One direction of a recording as bytes. Blocking: for virtual threads. */
@ApplicationScoped
public class Recording implements Forgetting {
  private static final int MOST_DIGESTS = 4_096;
  private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_MILLIS = 20;
  private final Views views;
  private final Recordings recordings;
  private final Map<String, String> digests =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST_DIGESTS;
        }
      };

  /** Reads through these. */
  @Inject
  public Recording(Views views, Recordings recordings) {
    this.views = views;
    this.recordings = recordings;
  }

  /** Durable bytes of one direction. */
  public static long total(SessionView session, Direction direction) {
    return direction == Direction.in ? session.bytesIn() : session.bytesOut();
  }

  /**
   * Writes a range; what {@code to} takes sets the pace.
   *
   * @param from first byte
   * @param last last byte, inclusive
   * @throws IOException when {@code to} takes no more, or the recording has a hole there
   */
  public void write(SessionView session, Direction direction, long from, long last, OutputStream to)
      throws IOException {
    SegmentSource source =
        new SegmentSource(
            views,
            recordings,
            SessionId.parse(session.id()),
            place -> overlaps(place, direction, from, last));
    long next = from;
    while (next <= last) {
      SegmentSource.Piece piece = source.next();
      if (piece == null) {
        throw new IOException("recording: ends at byte " + next + " (expected: " + last + ")");
      }
      next = write(piece.segment(), direction, next, last, to);
    }
  }

  private static long write(
      SegmentRecorded segment, Direction direction, long next, long last, OutputStream to)
      throws IOException {
    long at = direction == Direction.in ? segment.inFrom() : segment.outFrom();
    if (at > next) {
      throw new IOException("recording: byte " + next + " is missing");
    }
    long written = next;
    for (SegmentCodec.Frame frame : SegmentCodec.decode(segment.frames())) {
      if (frame.direction() != direction) {
        continue;
      }
      long end = at + frame.bytes().length;
      if (end > written && at <= last) {
        int skip = (int) (written - at);
        int length = (int) (Math.min(end, last + 1) - written);
        to.write(frame.bytes(), skip, length);
        written += length;
      }
      at = end;
    }
    return written;
  }

  private static boolean overlaps(SegmentView place, Direction direction, long from, long last) {
    long begin = direction == Direction.in ? place.inFrom() : place.outFrom();
    long length = direction == Direction.in ? place.inLength() : place.outLength();
    return length > 0 && begin <= last && begin + length > from;
  }

  /**
   * The SHA-256 of a direction, once the session has ended; its recording is in the index ({@link
   * #awaitIndex}).
   *
   * @return lower-case hex; empty while the session is open
   */
  public Optional<String> digest(SessionView session, Direction direction) throws IOException {
    if (!session.state().equals("closed")) {
      return Optional.empty();
    }
    String key = session.id() + "/" + direction;
    String known = remembered(key);
    if (known != null) {
      return Optional.of(known);
    }
    MessageDigest sha = sha256();
    try (DigestOutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
      write(session, direction, 0, total(session, direction) - 1, sink);
    }
    String digest = HexFormat.of().formatHex(sha.digest());
    synchronized (digests) {
      digests.put(key, digest);
    }
    return Optional.of(digest);
  }

  /**
   * Waits until the index holds every segment that the session's row counts: the row may be ahead
   * of it for a moment, and nobody must take a part for the whole.
   *
   * @throws ProblemException {@code unavailable} when the index stays behind for 10 seconds
   */
  public void awaitIndex(SessionView session) {
    long last = session.segments() - 1;
    long since = System.nanoTime();
    while (last >= 0 && Stages.await(views.segments(session.id(), last)).isEmpty()) {
      if (System.nanoTime() - since > BEHIND_NANOS) {
        throw new ProblemException(
            Problem.Kind.unavailable, "recording: segment " + last + " is not in the index yet");
      }
      Stages.pause(LOOK_MILLIS);
    }
  }

  @Override
  public String name() {
    return "recordings";
  }

  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    synchronized (digests) {
      digests.keySet().removeIf(key -> sessions.contains(SessionId.parse(key.split("/")[0])));
    }
    return CompletableFuture.completedFuture(null);
  }

  private @Nullable String remembered(String key) {
    synchronized (digests) {
      return digests.get(key);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
