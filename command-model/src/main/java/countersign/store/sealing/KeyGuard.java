package countersign.store.sealing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of all processes at a time change a directory of keys. The kernel lets go of it
 * with the process, however that ends.
 */
final class KeyGuard implements AutoCloseable {
  private static final String NAME = "lock";
  private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

  private final ReentrantLock here;
  private final FileChannel channel;
  private final FileLock lock;

  private KeyGuard(ReentrantLock here, FileChannel channel, FileLock lock) {
    this.here = here;
    this.channel = channel;
    this.lock = lock;
  }

  /** Waits for its turn; not for a thread that has it already. */
  static KeyGuard take(Path directory) throws IOException {
    ReentrantLock here = HERE.computeIfAbsent(directory.toRealPath(), _ -> new ReentrantLock(true));
    here.lock();
    try {
      if (here.getHoldCount() > 1) {
        throw new IllegalStateException("the keys are guarded by this thread already");
      }
      FileChannel channel =
          FileChannel.open(
              directory.resolve(NAME),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        return new KeyGuard(here, channel, channel.lock());
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      here.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (FileChannel closing = channel) {
      lock.release();
    } finally {
      here.unlock();
    }
  }
}
