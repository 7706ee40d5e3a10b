package countersign.store.group;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest events of sessions stand, as far as this writer put them there. What it put
 * there itself, the database need not look for: neither in every partition nor, where the next
 * number follows, at all. Bounded; who is not known is looked for everywhere. Not thread-safe: the
 * writer's alone.
 */
final class Places {
  private static final int MOST = 16_384;

  /** A session's newest event. */
  record Place(long position, long seq) {}

  private final Map<UUID, Place> bySession =
      new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Place> eldest) {
          return size() > MOST;
        }
      };

  /** A position before which the session's newest event does not stand. */
  long of(UUID session) {
    Place place = bySession.get(session);
    return place == null ? 0 : place.position;
  }

  /** Where the event before this number of a session stands; null when that is not known. */
  @Nullable Long before(UUID session, long number) {
    Place place = bySession.get(session);
    return place != null && place.seq == number - 1 ? (Long) place.position : null;
  }

  /** Notes where events that were just committed stand. */
  void landed(Batch batch, Batch.Judged judged) {
    long position = judged.before() + 1;
    for (int i = 0; i < batch.items().size(); i++) {
      if (!judged.rejected().containsKey(i)) {
        Pending item = batch.items().get(i);
        if (item.session != null) {
          bySession.put(item.session, new Place(position + item.lastAt, item.lastSeq));
        }
        position += item.rows.size();
      }
    }
  }

  /** Forgets all. */
  void forget() {
    bySession.clear();
  }

  /**
   * Forgets the sessions of a batch that failed: somebody else may have written on.
   *
   * @return whether one of them was known
   */
  boolean forget(Batch batch) {
    boolean known = false;
    for (Pending item : batch.items()) {
      known |= item.session != null && bySession.remove(item.session) != null;
    }
    return known;
  }
}
