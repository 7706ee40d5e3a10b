package countersign.event;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes UUIDs of version 7 (RFC 9562 §5.7). Thread-safe; ids of one process never go backwards. */
public final class TimeOrderedId {
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Milliseconds since the epoch in the upper 52 bits, a counter in the lower 12 (method 1, §6.2).
   */
  private static final AtomicLong LAST = new AtomicLong();

  /** Random bits drawn ahead, a page at a time; guarded by itself. */
  private static final ByteBuffer DRAWN = ByteBuffer.allocate(4_096).flip();

  private TimeOrderedId() {}

  /** Returns a new id, greater than every id this process made before. */
  public static UUID next() {
    long now = System.currentTimeMillis() << 12;
    long stamp = LAST.updateAndGet(last -> Math.max(last + 1, now));
    long high = (stamp >>> 12) << 16 | 0x7000L | (stamp & 0xFFFL);
    long low = random() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** Drawing eight bytes costs as much as drawing a block of the generator does. */
  private static long random() {
    synchronized (DRAWN) {
      if (!DRAWN.hasRemaining()) {
        RANDOM.nextBytes(DRAWN.array());
        DRAWN.clear();
      }
      return DRAWN.getLong();
    }
  }
}
