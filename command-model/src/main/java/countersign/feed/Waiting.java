package countersign.feed;

import countersign.port.Feed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Who waits for what, each to be told once. Thread-safe.
 *
 * @param <K> what is waited for
 * @param <V> what is told
 */
final class Waiting<K, V> {
  private static final Logger LOG = Logger.getLogger(Waiting.class);

  private final Map<K, List<Waiter<V>>> waiters = new ConcurrentHashMap<>();

  /** Keys whose history has to be looked at. */
  private final Set<K> unchecked = ConcurrentHashMap.newKeySet();

  Feed.Subscription add(K key, Consumer<V> told) {
    Waiter<V> waiter = new Waiter<>(told, new AtomicBoolean());
    waiters.compute(
        key,
        (_, present) -> {
          List<Waiter<V>> all = present == null ? new ArrayList<>() : new ArrayList<>(present);
          all.add(waiter);
          return List.copyOf(all);
        });
    unchecked.add(key);
    return () -> {
      waiter.done().set(true);
      remove(key, waiter);
    };
  }

  private void remove(K key, Waiter<V> waiter) {
    waiters.computeIfPresent(
        key,
        (_, present) -> {
          List<Waiter<V>> rest = present.stream().filter(w -> w != waiter).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  /** Something happened to it: its history is to be looked at again if anybody waits. */
  void touched(K key) {
    if (waiters.containsKey(key)) {
      unchecked.add(key);
    }
  }

  /** Takes what is to be looked at; whoever takes it and fails puts it back with touched. */
  Set<K> take() {
    Set<K> taken = new HashSet<>();
    unchecked.forEach(key -> {
      if (unchecked.remove(key) && waiters.containsKey(key)) {
        taken.add(key);
      }
    });
    return taken;
  }

  boolean hasUnchecked() {
    return !unchecked.isEmpty();
  }

  void tell(K key, V value) {
    List<Waiter<V>> told = waiters.remove(key);
    if (told != null) {
      told.forEach(waiter -> waiter.tell(value));
    }
  }

  private record Waiter<V>(Consumer<V> told, AtomicBoolean done) {
    void tell(V value) {
      if (done.compareAndSet(false, true)) {
        call(told, value);
      }
    }
  }

  /** One listener's defect is not another's. */
  static <V> void call(Consumer<V> listener, V value) {
    try {
      listener.accept(value);
    } catch (RuntimeException e) {
      LOG.error("listener of the feed failed", e);
    }
  }
}
