package countersign.store.group;

/**
 * Which batches tell other processes of the new head. Under load one in two milliseconds is enough:
 * each notice wakes every listener. One that was left out is owed, and made up for when no batch
 * follows. Not thread-safe: the writer's alone.
 */
final class Notices {
  static final long INTERVAL_MILLIS = 2;
  private static final long INTERVAL_NANOS = INTERVAL_MILLIS * 1_000_000;
  private long last = System.nanoTime() - INTERVAL_NANOS;
  private long owed = -1;

  /** Whether a batch that leaves now notifies. */
  boolean due(long now) {
    return now - last >= INTERVAL_NANOS;
  }

  /** A batch was committed with this head; true when its notice is owed and none was before. */
  boolean committed(boolean notified, long head, long now) {
    if (notified) {
      last = now;
      owed = -1;
      return false;
    }
    boolean first = owed < 0;
    owed = head;
    return first;
  }

  /** Whether there is a head that nobody was told of. */
  boolean isOwed() {
    return owed >= 0;
  }

  /** The head that is owed; it counts as told now. */
  long settle(long now) {
    long head = owed;
    owed = -1;
    last = now;
    return head;
  }
}
