package countersign.api.recording;

import countersign.api.access.Stages;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.port.Recordings;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import countersign.view.Views;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of one recording in order, read a few ahead: at most {@value #AHEAD} of 64 KiB are in
 * memory, whatever the recording's length. The session's row may be ahead of the index for a
 * moment: what the row counts is waited for, so that nobody takes a part for the whole. Confined to
 * one thread, which may block.
 */
final class SegmentSource {
  private static final int AHEAD = 4;
  private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_MILLIS = 20;

  private final Views views;
  private final Recordings recordings;
  private final SessionId session;
  private final long counted;
  private final Predicate<SegmentView> wanted;
  private final Deque<SegmentView> index = new ArrayDeque<>();
  private final Deque<Awaited> ahead = new ArrayDeque<>();
  private long nextNumber;
  private boolean indexEnded;

  private record Awaited(long position, CompletionStage<SegmentRecorded> segment) {}

  /**
   * A piece.
   *
   * @param position of its event in the log
   */
  record Piece(long position, SegmentRecorded segment) {}

  SegmentSource(
      Views views, Recordings recordings, SessionView session, Predicate<SegmentView> wanted) {
    this.views = views;
    this.recordings = recordings;
    this.session = SessionId.parse(session.id());
    this.counted = session.segments();
    this.wanted = wanted;
  }

  /**
   * The next piece, null when no further one is durable.
   *
   * @throws ProblemException {@code unavailable} when the index stays behind the session for 10
   *     seconds
   */
  @Nullable Piece next() {
    while (ahead.size() < AHEAD) {
      SegmentView place = nextPlace();
      if (place == null) {
        break;
      }
      ahead.add(new Awaited(place.position(), recordings.read(session, place.position())));
    }
    Awaited first = ahead.poll();
    return first == null ? null : new Piece(first.position, Stages.await(first.segment));
  }

  private @Nullable SegmentView nextPlace() {
    while (true) {
      SegmentView place = index.poll();
      if (place == null) {
        if (indexEnded) {
          return null;
        }
        index.addAll(page());
        if (index.isEmpty()) {
          indexEnded = true;
          return null;
        }
        nextNumber = index.getLast().number() + 1;
      } else if (wanted.test(place)) {
        return place;
      }
    }
  }

  private List<SegmentView> page() {
    long since = System.nanoTime();
    while (true) {
      List<SegmentView> page = Stages.await(views.segments(session.toString(), nextNumber));
      if (!page.isEmpty() || nextNumber >= counted) {
        return page;
      }
      if (System.nanoTime() - since > BEHIND_NANOS) {
        throw new ProblemException(
            Problem.Kind.unavailable,
            "recording: segment " + nextNumber + " of " + counted + " is not in the index yet");
      }
      Stages.pause(LOOK_MILLIS);
    }
  }
}
