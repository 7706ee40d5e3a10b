package countersign.store.group;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Batches that are with the server, in the order in which they were sent and are answered. There
 * are two at the most: while one is made durable the server has the next one at hand already, and
 * what comes back from the one before gathers for the one after. Not thread-safe: the writer's
 * alone.
 */
final class Flights {
  private static final int MOST = 2;

  private final ArrayDeque<Batch> all = new ArrayDeque<>(MOST);

  boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * Whether another one may go. Small ones behind a large one would each cost a transaction for
   * nothing, so the second leaves when it is as large as the first.
   *
   * @param waiting items that wait
   */
  boolean admits(int waiting) {
    Batch first = all.peek();
    return first == null || all.size() < MOST && waiting >= first.items().size();
  }

  void add(Batch batch) {
    all.add(batch);
  }

  /** Takes a batch out; false when it was given up meanwhile. */
  boolean remove(Batch batch) {
    return all.remove(batch);
  }

  /** Takes all out, in their order. */
  List<Batch> removeAll() {
    List<Batch> removed = List.copyOf(all);
    all.clear();
    return removed;
  }

  /** The one that was sent first; null for none. */
  @Nullable Batch first() {
    return all.peek();
  }

  List<Batch> list() {
    return List.copyOf(all);
  }

  /**
   * Sessions that have something in the air: what follows of them waits until they know, so that
   * nobody stands behind an event that is refused.
   */
  Set<UUID> sessions() {
    if (all.isEmpty()) {
      return Set.of();
    }
    Set<UUID> sessions = new HashSet<>();
    for (Batch batch : all) {
      for (Pending item : batch.items()) {
        if (item.session != null) {
          sessions.add(item.session);
        }
      }
    }
    return sessions;
  }
}
