package countersign.api.recording;

import countersign.port.Recordings;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.SessionView;
import countersign.view.Views;
import countersign.wire.postgres.Exchange;
import countersign.wire.postgres.Timeline;
import countersign.wire.recording.SegmentCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Reads the exchanges of one recording in order, a piece at a time. Confined to one thread at a
 * time, which may block.
 */
final class TimelineReader implements AutoCloseable {
  /** Rows of one exchange that are shown; the recording has all of them. */
  private static final int MOST_ROWS = 200;

  private final SegmentSource source;
  private final Timeline timeline = new Timeline(MOST_ROWS);
  private final OperationMatcher operations;
  private final Deque<Exchange> ready = new ArrayDeque<>();
  private boolean ended;
  private long nextIndex;

  TimelineReader(Views views, Recordings recordings, SessionView session) {
    source = new SegmentSource(views, recordings, SessionId.parse(session.id()), _ -> true);
    operations = new OperationMatcher(views, session.id());
  }

  /** Index of the exchange that {@link #next} gives. */
  long nextIndex() {
    return nextIndex;
  }

  /** The next exchange, null at the end of what is durable now. */
  @Nullable TimelineItem next() {
    while (ready.isEmpty() && !ended) {
      SegmentSource.Piece piece = source.next();
      if (piece == null) {
        ready.addAll(timeline.end());
        ended = true;
      } else {
        feed(piece.segment());
        ready.addAll(timeline.take());
      }
    }
    Exchange exchange = ready.poll();
    if (exchange == null) {
      return null;
    }
    nextIndex = exchange.index() + 1;
    return TimelineItem.of(exchange, operations.operationOf(exchange));
  }

  private void feed(SegmentRecorded segment) {
    long micros = segment.fromMicros();
    for (SegmentCodec.Frame frame : SegmentCodec.decode(segment.frames())) {
      micros += frame.micros();
      ByteBuf bytes = Unpooled.wrappedBuffer(frame.bytes());
      switch (frame.direction()) {
        case in -> timeline.in(micros, bytes);
        case out -> timeline.out(micros, bytes);
      }
    }
  }

  @Override
  public void close() {
    timeline.close();
  }
}
