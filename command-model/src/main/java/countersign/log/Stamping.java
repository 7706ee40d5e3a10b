package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
 * Has the published checkpoint stamped by a time stamping authority (RFC 3161), now and then: in
 * the directory {@code stamps}, {@code <size>.checkpoint} holds the bytes that were stamped and
 * {@code <size>.tsr} the answer, as {@code openssl ts -verify} takes them.
 */
final class Stamping implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Stamping.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final int LONGEST = 256 << 10;

  private final URI authority;
  private final Duration every;
  private final Path directory;
  private final Supplier<Optional<String>> published;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Stamped newest;

  /**
   * A checkpoint with its stamp.
   *
   * @param checkpoint the note whose bytes were stamped
   * @param response a TimeStampResp in DER
   */
  record Stamped(long size, String checkpoint, byte[] response) {}

  Stamping(URI authority, Duration every, Path directory, Supplier<Optional<String>> published) {
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

  /** What was stamped last by this process; null for nothing. */
  @Nullable Stamped newest() {
    return newest;
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
        byte[] response = stamp(checkpoint.getBytes(StandardCharsets.UTF_8));
        DurableText.write(directory.resolve(size + ".checkpoint"), checkpoint);
        DurableText.write(directory.resolve(size + ".tsr"), response);
        newest = new Stamped(size, checkpoint, response);
        LOG.infof("checkpoint=stamped size=%d by=%s", size, authority);
      }
      return every;
    } catch (IOException | Malformed | IllegalArgumentException e) {
      LOG.warnf("checkpoint=not stamped by=%s error=%s", authority, e.getMessage());
      return every.compareTo(RETRY) < 0 ? every : RETRY;
    }
  }

  private byte[] stamp(byte[] bytes) throws IOException, InterruptedException {
    Stamp stamp = new Stamp(bytes);
    HttpResponse<InputStream> answer =
        http.send(
            HttpRequest.newBuilder(authority)
                .timeout(PATIENCE)
                .header("Content-Type", "application/timestamp-query")
                .POST(HttpRequest.BodyPublishers.ofByteArray(stamp.request()))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    byte[] body;
    try (InputStream in = answer.body()) {
      body = in.readNBytes(LONGEST);
    }
    if (answer.statusCode() != 200) {
      throw new IOException("answers " + answer.statusCode() + " (expected: 200)");
    }
    stamp.check(body);
    return body;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    http.shutdownNow();
  }
}
