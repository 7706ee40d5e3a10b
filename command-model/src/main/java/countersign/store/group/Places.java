package countersign.store.group;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Where the newest events of sessions stand, as far as this writer put them there, so that the
 * database need not look for a session's last event in every partition. Bounded; who is not known
 * is looked for everywhere. Not thread-safe: the writer's alone.
 */
final class Places {
  private static final int MOST = 16_384;

  private final Map<UUID, Long> bySession =
      new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Long> eldest) {
          return size() > MOST;
        }
      };

  /** A position before which the session's newest event does not stand. */
  long of(UUID session) {
    return bySession.getOrDefault(session, 0L);
  }

  /** Notes where events that were just committed stand. */
  void landed(Batch batch, Batch.Judged judged) {
    long position = judged.before();
    for (int i = 0; i < batch.items().size(); i++) {
      if (!judged.rejected().containsKey(i)) {
        Pending item = batch.items().get(i);
        position += item.rows.size();
        if (item.session != null) {
          bySession.put(item.session, position);
        }
      }
    }
  }
}
