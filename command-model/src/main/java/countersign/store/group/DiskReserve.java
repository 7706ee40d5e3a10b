package countersign.store.group;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last part of the disk for reading, login and control: PostgreSQL never meets a full
 * disk, after which it would stop. Looks at most ten times a second. Thread-safe.
 */
public final class DiskReserve {
  private static final Logger LOG = Logger.getLogger(DiskReserve.class);
  private static final long INTERVAL_NANOS = 100_000_000;

  private final @Nullable Path directory;
  private final long bytes;
  private final double share;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);
  private volatile boolean reached;

  /**
   * Watches a directory's file system.
   *
   * @param directory null for none: a PostgreSQL that is not ours
   * @param bytes free bytes to keep; the larger of this and the share
   * @param share of the file system to keep, 0 to 1
   */
  public DiskReserve(@Nullable Path directory, long bytes, double share) {
    this.directory = directory;
    this.bytes = bytes;
    this.share = share;
  }

  /** Whether the reserve is reached. */
  public boolean reached() {
    long now = System.nanoTime();
    long last = lookedAt.get();
    if (directory != null && now - last >= INTERVAL_NANOS && lookedAt.compareAndSet(last, now)) {
      look(directory);
    }
    return reached;
  }

  /** Why segments and decisions are refused, in words for an operator. */
  public String words() {
    return "store: the disk's reserve is reached (expected: more than "
        + (bytes >> 20)
        + " MiB and "
        + Math.round(share * 100)
        + " % free)";
  }

  private void look(Path at) {
    try {
      FileStore disk = Files.getFileStore(at);
      boolean now = disk.getUsableSpace() < Math.max(bytes, (long) (share * disk.getTotalSpace()));
      if (now != reached) {
        LOG.warnf("disk reserve=%s free=%d", now ? "reached" : "left", disk.getUsableSpace());
      }
      reached = now;
    } catch (IOException e) {
      LOG.warnf("disk reserve=unknown error=%s", e.getMessage());
    }
  }
}
