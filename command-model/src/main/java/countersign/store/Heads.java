package countersign.store;

import countersign.port.Feed;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * The newest position heard of, and who wants to know. Callbacks run one at a time; under load,
 * when there are thousands of commits in a second, many of them are one call: the first after a
 * pause is told at once, the next ones after an interval.
 */
final class Heads {
  private static final Logger LOG = Logger.getLogger(Heads.class);
  private static final long INTERVAL_MILLIS = 10;
  private static final long INTERVAL_NANOS = INTERVAL_MILLIS * 1_000_000;

  private final Vertx vertx;
  private final Context context;
  private final AtomicLong known = new AtomicLong(-1);
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private long told = -1;
  private long toldNanos = System.nanoTime() - INTERVAL_NANOS;

  Heads(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  long known() {
    return known.get();
  }

  /** Notes a committed position; from any thread. */
  void advance(long head) {
    long before = known.getAndAccumulate(head, Math::max);
    if (head > before && signalled.compareAndSet(false, true)) {
      context.runOnContext(_ -> tellInTime());
    }
  }

  Feed.Subscription listen(LongConsumer listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tellInTime() {
    long since = System.nanoTime() - toldNanos;
    if (since >= INTERVAL_NANOS) {
      tell();
    } else {
      long rest = TimeUnit.NANOSECONDS.toMillis(INTERVAL_NANOS - since) + 1;
      vertx.setTimer(rest, _ -> context.runOnContext(_ -> tell()));
    }
  }

  private void tell() {
    signalled.set(false);
    toldNanos = System.nanoTime();
    long now = known.get();
    if (now <= told) {
      return;
    }
    told = now;
    for (LongConsumer listener : listeners) {
      try {
        listener.accept(now);
      } catch (RuntimeException e) {
        LOG.errorf(e, "head=%d listener failed", (Object) now);
      }
    }
  }
}
