package countersign.api.recording;

import countersign.api.access.Stages;
import countersign.port.Recordings;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.SegmentView;
import countersign.view.Views;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of one recording in order, read a few ahead: at most {@value #AHEAD} of 64 KiB are in
 * memory, whatever the recording's length. Confined to one thread, which may block.
 */
final class SegmentSource {
  private static final int AHEAD = 4;

  private final Views views;
  private final Recordings recordings;
  private final SessionId session;
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
      Views views, Recordings recordings, SessionId session, Predicate<SegmentView> wanted) {
    this.views = views;
    this.recordings = recordings;
    this.session = session;
    this.wanted = wanted;
  }

  /** The next piece, null when no further one is durable. */
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
        index.addAll(Stages.await(views.segments(session.toString(), nextNumber)));
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
}
