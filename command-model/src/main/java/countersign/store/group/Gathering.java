package countersign.store.group;

/**
 * Whether the next batch waits a moment for those who were just answered. Sessions that wait for
 * their answers come back together; a batch that leaves without half of them makes everybody wait
 * for two flights. So after a landing the next one waits until as many are there as were answered
 * (half of them when they are many: the others fill the flight behind it), for a quarter of the
 * flight's time and 0.2 ms at the most. When they do not come back (people think), it stops waiting
 * for a while. Not thread-safe: the writer's alone.
 */
final class Gathering {
  private static final long MOST_NANOS = 200_000;

  /** So many are better off in one flight than in two, of which each costs a transaction. */
  private static final int WHOLE = 12;

  private static final int PATIENCE = 8;
  private static final int PAUSE = 64;

  private int expected;
  private long until;
  private int vain;
  private int pause;

  /** A flight landed and its items are answered. */
  void landed(int answered, long flightNanos, long now) {
    if (pause > 0) {
      pause--;
      return;
    }
    if (answered > 1) {
      expected = answered <= WHOLE ? answered : answered / 2;
      until = now + Math.min(MOST_NANOS, flightNanos / 4);
    }
  }

  /** Whether to wait on, with so many items waiting now. */
  boolean waits(int waiting, long now) {
    if (expected == 0) {
      return false;
    }
    if (waiting < expected && now < until) {
      return true;
    }
    vain = waiting * 2 < expected ? vain + 1 : 0;
    if (vain >= PATIENCE) {
      vain = 0;
      pause = PAUSE;
    }
    expected = 0;
    return false;
  }
}
