package countersign.edge.grammar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Parses a corpus in the background until the compiler has caught up, stepping back whenever
 * somebody waits. {@code -Dcountersign.grammar.warm-up=false} leaves that to the first callers.
 */
final class WarmUp implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WarmUp.class);
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** On a machine that has no time for it the rest goes slowly. */
  private static final long FULL_SPEED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long PAUSE_MILLIS = 50;
  private static final long FAST_NANOS = TimeUnit.MICROSECONDS.toNanos(60);
  private static final int ROUNDS = 200;

  private final ParserThreads threads;
  private final int major;
  private final List<String> corpus;
  private final Thread thread;
  private volatile boolean over;
  private volatile boolean closed;

  WarmUp(ParserThreads threads, int major, boolean compiled) {
    this.threads = threads;
    this.major = major;
    this.corpus = corpus();
    // Interpreted it stays slow, and nothing is gained.
    boolean wanted = compiled && !"false".equals(System.getProperty("countersign.grammar.warm-up"));
    this.thread = Thread.ofPlatform().daemon().priority(Thread.MIN_PRIORITY).unstarted(this::run);
    if (wanted) {
      thread.setName("grammar-" + major + "-warm-up");
      thread.start();
    }
  }

  /** Whether the grammar is as fast as it gets. */
  boolean over() {
    return over;
  }

  private static List<String> corpus() {
    try (InputStream in = WarmUp.class.getResourceAsStream("corpus.sql")) {
      if (in == null) {
        throw new IllegalStateException("corpus.sql: (expected: packaged beside the class)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("--"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run() {
    long begin = System.nanoTime();
    long[] taken = new long[ROUNDS * 10];
    int n = 0;
    try {
      while (!closed && System.nanoTime() - begin < LONGEST_NANOS) {
        // In portions, so that whoever waits gets a turn in between.
        int from = n % corpus.size();
        int at = n;
        threads
            .submit(parser -> {
              for (int i = 0; i < 10; i++) {
                long before = System.nanoTime();
                parser.parse(corpus.get((from + i) % corpus.size()));
                taken[(at + i) % taken.length] = System.nanoTime() - before;
              }
              return true;
            })
            .get(LONGEST_NANOS, TimeUnit.NANOSECONDS);
        n += 10;
        if (n % taken.length == 0) {
          long[] sorted = taken.clone();
          Arrays.sort(sorted);
          if (sorted[sorted.length / 2] < FAST_NANOS) {
            over = true;
            break;
          }
        }
        while (threads.busy() && !closed) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        if (System.nanoTime() - begin > FULL_SPEED_NANOS) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      }
      LOG.infof(
          "grammar=%d warm=%b after=%.1fs parses=%d",
          major, over, (System.nanoTime() - begin) / 1e9, n);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf("grammar=%d warm-up=failed why=%s", major, e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
