package countersign.view.projections;

import countersign.port.Feed;
import countersign.view.Views;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Tells whoever listens what changed, after the commit. Thread-safe; listeners must not block. */
final class Changes {
  private static final Logger LOG = Logger.getLogger(Changes.class);
  private final List<Consumer<Views.Changed>> listeners = new CopyOnWriteArrayList<>();

  Feed.Subscription listen(Consumer<Views.Changed> listener) {
    // A wrapper of its own, so that one consumer given twice is two subscriptions.
    Consumer<Views.Changed> own = listener::accept;
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  void publish(List<Views.Changed> changes) {
    for (Views.Changed change : changes) {
      for (Consumer<Views.Changed> listener : listeners) {
        try {
          listener.accept(change);
        } catch (RuntimeException e) {
          LOG.errorf(e, "view=%s listener failed", change.view());
        }
      }
    }
  }
}
