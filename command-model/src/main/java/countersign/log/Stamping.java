package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has checkpoints stamped by a time stamping authority (RFC 3161): the published one now and then,
 * and the one of a bundle when it is made. In the directory {@code stamps}, {@code
 * <size>.checkpoint} holds the bytes that were stamped now and then and {@code <size>.tsr} the
 * answer, as {@code openssl ts -verify} takes them.
 */
final class Stamping implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Stamping.class);
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final StampAuthority authority;
  private final Duration every;
  private final Path directory;
  private final Supplier<Optional<String>> published;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Stamped newest;

  /**
   * A checkpoint with its stamp.
   *
   * @param checkpoint the note whose bytes were stamped
   */
  record Stamped(long size, String checkpoint, BundleLog.Timestamp stamp) {}

  Stamping(
      StampAuthority authority,
      Duration every,
      Path directory,
      Supplier<Optional<String>> published) {
    this.authority = authority;
    this.every = every;
    this.directory = directory.resolve("stamps");
    this.published = published;
    this.thread = Thread.ofVirtual().name("log-stamping").unstarted(this::run);
  }

  void start() throws IOException {
    Files.createDirectories(directory);
    thread.start();
  }

  /** What was stamped last by this process, now and then; null for nothing. */
  @Nullable Stamped newest() {
    return newest;
  }

  /**
   * Has a checkpoint stamped, now; blocks for the authority's patience at most.
   *
   * @return empty when the authority does not answer as it should
   */
  Optional<BundleLog.Timestamp> stamp(String checkpoint) throws InterruptedException {
    Stamped last = newest;
    if (last != null && last.checkpoint().equals(checkpoint)) {
      return Optional.of(last.stamp());
    }
    try {
      return Optional.of(authority.stamp(checkpoint.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      notStamped(e);
      return Optional.empty();
    }
  }

  private void run() {
    try {
      Duration rest = Duration.ofMillis(500);
      while (!closed.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
        Optional<String> checkpoint = published.get();
        rest = checkpoint.isEmpty() ? Duration.ofSeconds(1) : stamped(checkpoint.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration stamped(String checkpoint) throws InterruptedException {
    try {
      long size = Checkpoint.parse(Note.parse(checkpoint).text()).size();
      Stamped last = newest;
      if (last == null || last.size() < size) {
        BundleLog.Timestamp stamp = authority.stamp(checkpoint.getBytes(StandardCharsets.UTF_8));
        DurableText.write(directory.resolve(size + ".checkpoint"), checkpoint);
        DurableText.write(directory.resolve(size + ".tsr"), stamp.response());
        newest = new Stamped(size, checkpoint, stamp);
        LOG.infof("checkpoint=stamped size=%d by=%s", size, authority.url());
      }
      return every;
    } catch (IOException | Malformed e) {
      notStamped(e);
      return every.compareTo(RETRY) < 0 ? every : RETRY;
    }
  }

  private void notStamped(Exception e) {
    LOG.warnf("checkpoint=not stamped by=%s error=%s", authority.url(), e.getMessage());
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    authority.close();
  }
}
