package countersign.store.axon;

import countersign.port.Feed;
import countersign.store.Criterion;
import countersign.store.EventLog;
import countersign.store.StoredEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.jspecify.annotations.Nullable;

/**
 * An endless stream over the log, in the order of positions, without a hole: it reads on from the
 * position after the last event it got, and moves past positions that do not match only when a read
 * that began after they were durable did not return them.
 *
 * <p>Holds at most two pages. Woken by the log; never blocks. A failed read ends the stream with
 * its error, and whoever reads opens another one from its token.
 */
final class LiveStream implements MessageStream<EventMessage> {
  private static final int PAGE = 2_048;

  /** Below this many waiting events the next page is fetched. */
  private static final int LOW = 512;

  /**
   * After events there is a pause before the next read, unless a page was full: under load they
   * then come in pages that are worth a transaction, and what comes alone is not kept waiting.
   */
  private static final long PAUSE_NANOS = 100_000_000;

  private final EventLog log;
  private final List<Criterion> criteria;
  private final Feed.Subscription wakeUps;
  private final Object lock = new Object();
  private final Queue<Entry<EventMessage>> waiting = new ArrayDeque<>();

  // All below are guarded by the lock.
  private long next;
  private boolean reading;

  /** The last page was not empty: there may be more, whatever this process has heard. */
  private boolean unfinished = true;

  private long pauseUntil = System.nanoTime();
  private boolean resting;
  private boolean closed;
  private @Nullable Throwable error;
  private Runnable callback = () -> {};

  LiveStream(EventLog log, long from, List<Criterion> criteria) {
    this.log = log;
    this.next = from;
    this.criteria = criteria;
    this.wakeUps = log.onHead(_ -> readOn());
    // What was there before the first wake-up; the log may not have told this process its head yet.
    read();
  }

  /** Reads when there may be something and there is room. */
  private void readOn() {
    synchronized (lock) {
      if (resting || !unfinished && log.knownHead() < next) {
        return;
      }
      long rest = pauseUntil - System.nanoTime();
      if (rest > 0) {
        resting = true;
        CompletableFuture.delayedExecutor(rest, TimeUnit.NANOSECONDS).execute(this::rested);
        return;
      }
    }
    read();
  }

  private void rested() {
    synchronized (lock) {
      resting = false;
    }
    readOn();
  }

  private void read() {
    long from;
    synchronized (lock) {
      if (reading || closed || error != null || waiting.size() >= LOW) {
        return;
      }
      reading = true;
      from = next;
    }
    long head = log.knownHead();
    log.follow(from, PAGE, criteria)
        .whenComplete((page, failure) -> arrived(from, head, page, failure));
  }

  private void arrived(
      long from, long head, @Nullable List<StoredEvent> page, @Nullable Throwable failure) {
    boolean more;
    Runnable tell;
    synchronized (lock) {
      reading = false;
      if (failure != null || page == null) {
        error =
            failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        more = false;
      } else {
        page.forEach(event -> waiting.add(entry(event)));
        next = page.isEmpty() ? Math.max(from, head + 1) : page.getLast().position() + 1;
        unfinished = !page.isEmpty();
        if (unfinished && page.size() < PAGE) {
          pauseUntil = System.nanoTime() + PAUSE_NANOS;
        }
        more = true;
      }
      tell = callback;
    }
    if (failure != null || (page != null && !page.isEmpty())) {
      tell.run();
    }
    if (more) {
      readOn();
    }
  }

  private static Entry<EventMessage> entry(StoredEvent stored) {
    return new SimpleEntry<>(
        Messages.message(stored),
        TrackingToken.addToContext(
            Context.empty(), new GlobalSequenceTrackingToken(stored.position() + 1)));
  }

  @Override
  public Optional<Entry<EventMessage>> next() {
    Entry<EventMessage> entry;
    boolean low;
    synchronized (lock) {
      entry = waiting.poll();
      low = waiting.size() < LOW;
    }
    if (low) {
      readOn();
    }
    return Optional.ofNullable(entry);
  }

  @Override
  public Optional<Entry<EventMessage>> peek() {
    synchronized (lock) {
      return Optional.ofNullable(waiting.peek());
    }
  }

  @Override
  public void setCallback(Runnable wanted) {
    boolean now;
    synchronized (lock) {
      callback = wanted;
      now = !waiting.isEmpty() || error != null || closed;
    }
    if (now) {
      wanted.run();
    }
  }

  @Override
  public Optional<Throwable> error() {
    synchronized (lock) {
      return waiting.isEmpty() ? Optional.ofNullable(error) : Optional.empty();
    }
  }

  @Override
  public boolean isCompleted() {
    synchronized (lock) {
      return closed || (error != null && waiting.isEmpty());
    }
  }

  @Override
  public boolean hasNextAvailable() {
    synchronized (lock) {
      return !waiting.isEmpty();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      waiting.clear();
    }
    wakeUps.close();
  }
}
