package countersign.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Makes partitions while there are still several ahead; tries again while it cannot. */
final class PartitionKeeper implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PartitionKeeper.class);
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final StoreSettings settings;
  private final AtomicBoolean working = new AtomicBoolean();
  private volatile long ensuredAt = -1;
  private volatile long triedAt = System.nanoTime() - RETRY_NANOS;
  private volatile boolean closed;

  PartitionKeeper(StoreSettings settings) {
    this.settings = settings;
  }

  /** Hears of every new head; does something once in a quarter of a partition. */
  void reached(long head) {
    long quarter = head >> (Partitions.BITS - 2);
    if (quarter != ensuredAt
        && !closed
        && System.nanoTime() - triedAt > RETRY_NANOS
        && working.compareAndSet(false, true)) {
      Thread.ofVirtual().name("partition-keeper").start(() -> ensure(quarter));
    }
  }

  private void ensure(long quarter) {
    triedAt = System.nanoTime();
    try (Connection connection = Owner.connect(settings)) {
      Partitions.ensure(connection);
      ensuredAt = quarter;
    } catch (SQLException e) {
      LOG.errorf("partition=not ensured error=%s", e.getMessage());
    } finally {
      working.set(false);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
