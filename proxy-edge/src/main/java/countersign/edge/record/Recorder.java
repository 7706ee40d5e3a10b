package countersign.edge.record;

import countersign.session.SessionEvent.SegmentRecorded;
import countersign.wire.recording.SegmentCodec;
import countersign.wire.recording.SegmentCodec.Direction;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records both directions of one session as its caller sent and saw them. Confined to the session's
 * event loop. What is not durable yet is bounded: {@link #pressed()} tells when reading must stop.
 */
public final class Recorder implements AutoCloseable {
  private static final long SEGMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MOST_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long MOST_BYTES = 4 << 20;

  private final Journal journal;
  private final Budget budget;
  private final EventExecutor loop;
  private final Runnable relieved;
  private final SegmentCodec.Encoder encoder = new SegmentCodec.Encoder();
  private final long openedNanos = System.nanoTime();
  private final ArrayDeque<Flying> flying = new ArrayDeque<>();
  private boolean scheduled;
  private boolean closed;
  private long unsynced;
  private long segments;
  private long bytesIn;
  private long bytesOut;
  private long inRecorded;
  private long outRecorded;

  /** A segment on its way to the log. */
  private record Flying(long seq, long bytes, long sinceNanos) {}

  /**
   * Begins a recording.
   *
   * @param relieved called on the loop when something became durable, so that reading may go on
   */
  public Recorder(Journal journal, Budget budget, EventExecutor loop, Runnable relieved) {
    this.journal = journal;
    this.budget = budget;
    this.loop = loop;
    this.relieved = relieved;
  }

  /** Records bytes as they came from the caller; does not move the buffer's indexes. */
  public void in(ByteBuf bytes) {
    bytesIn += bytes.readableBytes();
    add(Direction.in, bytes);
  }

  /** Records bytes as the caller gets them; does not move the buffer's indexes. */
  public void out(ByteBuf bytes) {
    bytesOut += bytes.readableBytes();
    add(Direction.out, bytes);
  }

  private void add(Direction direction, ByteBuf bytes) {
    if (closed || !bytes.isReadable()) {
      return;
    }
    unsynced += bytes.readableBytes();
    budget.take(bytes.readableBytes());
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - openedNanos);
    ByteBuf reading = bytes.duplicate();
    while (!encoder.add(direction, micros, reading)) {
      flush();
    }
    if (encoder.payload() >= SegmentCodec.MOST_PAYLOAD) {
      flush();
    } else if (!scheduled) {
      scheduled = true;
      ScheduledFuture<?> unused = loop.schedule(this::tick, SEGMENT_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    scheduled = false;
    flush();
    if (pressed()) {
      relieved.run();
    }
  }

  /**
   * Sends what was recorded to the log.
   *
   * @return number of the event that makes everything recorded so far durable
   */
  public long flush() {
    SegmentCodec.@Nullable Segment segment = closed ? null : encoder.finish();
    if (segment == null) {
      return flying.isEmpty() ? -1 : flying.getLast().seq;
    }
    long payload = (long) segment.inLength() + segment.outLength();
    long inTotal = inRecorded;
    long outTotal = outRecorded;
    inRecorded += segment.inLength();
    outRecorded += segment.outLength();
    long since = openedNanos + TimeUnit.MICROSECONDS.toNanos(segment.fromMicros());
    long seq =
        journal.append(
            new SegmentRecorded(
                journal.session(),
                segments++,
                inTotal,
                segment.inLength(),
                outTotal,
                segment.outLength(),
                segment.fromMicros(),
                segment.toMicros(),
                segment.frames()));
    flying.add(new Flying(seq, payload, since));
    journal.whenDurable(seq, this::landed);
    return seq;
  }

  private void landed() {
    if (closed) {
      return;
    }
    while (!flying.isEmpty() && journal.durable(flying.peek().seq)) {
      long bytes = flying.remove().bytes;
      unsynced -= bytes;
      budget.give(bytes);
    }
    relieved.run();
  }

  /** Whether nothing more may be read before something becomes durable. */
  public boolean pressed() {
    Flying oldest = flying.peek();
    return unsynced >= MOST_BYTES
        || budget.exhausted()
        || oldest != null && System.nanoTime() - oldest.sinceNanos > MOST_AGE_NANOS;
  }

  /** Segments recorded. */
  public long segments() {
    return segments;
  }

  /** Bytes recorded from the caller. */
  public long bytesIn() {
    return bytesIn;
  }

  /** Bytes recorded to the caller. */
  public long bytesOut() {
    return bytesOut;
  }

  /** Ends the recording; what was not flushed is given up. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      encoder.close();
      budget.give(unsynced);
      unsynced = 0;
      flying.clear();
    }
  }
}
