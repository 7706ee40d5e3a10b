package countersign.store;

import countersign.port.Feed;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/** The newest position heard of, and who wants to know. Callbacks run one at a time. */
final class Heads {
  private static final Logger LOG = Logger.getLogger(Heads.class);
  private final Context context;
  private final AtomicLong known = new AtomicLong(-1);
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private long told = -1;

  Heads(Context context) {
    this.context = context;
  }

  long known() {
    return known.get();
  }

  /** Notes a committed position; from any thread. */
  void advance(long head) {
    long before = known.getAndAccumulate(head, Math::max);
    if (head > before && signalled.compareAndSet(false, true)) {
      context.runOnContext(_ -> tell());
    }
  }

  Feed.Subscription listen(LongConsumer listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tell() {
    signalled.set(false);
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
