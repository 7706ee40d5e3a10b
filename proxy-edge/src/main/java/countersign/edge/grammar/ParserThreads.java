package countersign.edge.grammar;

import countersign.wire.postgres.grammar.Grammar;
import countersign.wire.postgres.grammar.Grammars;
import countersign.wire.postgres.grammar.Parse;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one version of the grammar: each has a parser with memory of its own and a stack
 * that is deep enough for what PostgreSQL accepts. A watch ends parses that take too long; a parser
 * that failed is replaced.
 */
final class ParserThreads implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ParserThreads.class);

  /** A session waits for one text at a time, so this many sessions may wait. */
  private static final int MOST_WAITING = 4_096;

  private static final long STACK_BYTES = 64L << 20;
  private static final int MOST_THREADS = 2;
  private static final long WATCH_MILLIS = 10;

  /** CPU time of one parse once the grammar is compiled and warm, and before that. */
  private static final long WARM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long COLD_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Time of one parse by the clock, however busy the machine is. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final Grammars grammars;
  private final int major;
  private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final List<Worker> workers = new ArrayList<>();
  private final Thread watch;
  private final WarmUp warmUp;
  private volatile boolean closed;

  ParserThreads(Grammars grammars, int major) {
    this.grammars = grammars;
    this.major = major;
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(i));
    }
    watch = Thread.ofPlatform().daemon().name("grammar-" + major + "-watch").start(this::watch);
    warmUp = new WarmUp(this, major, grammars.compiled());
  }

  /** Does work on one of the threads; fails at once when too many wait. */
  <T> CompletableFuture<T> submit(Function<Parsers.Parser, T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Runnable job =
        () -> {
          Worker worker = Worker.CURRENT.get();
          try {
            done.complete(work.apply(worker));
          } catch (RuntimeException | StackOverflowError e) {
            done.completeExceptionally(e);
          }
        };
    if (closed || !waiting.offer(job)) {
      done.completeExceptionally(new RejectedExecutionException("parsers: too many wait"));
    }
    return done;
  }

  /** Whether somebody waits. */
  boolean busy() {
    return !waiting.isEmpty();
  }

  private void watch() {
    while (!closed) {
      try {
        TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      for (Worker worker : workers) {
        worker.check();
      }
    }
  }

  /** One thread with its parser. */
  private final class Worker implements Parsers.Parser, Runnable {
    static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

    private final Thread thread;
    private volatile @Nullable Grammar grammar;

    /** When the parse under way began, 0 when there is none. */
    private volatile long since;

    private volatile long cpuBefore;
    private volatile long allowed;

    Worker(int number) {
      thread = new Thread(null, this, "grammar-" + major + "-" + number, STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void run() {
      CURRENT.set(this);
      try {
        grammar();
        while (!closed) {
          Runnable job = waiting.poll(1, TimeUnit.SECONDS);
          if (job != null) {
            job.run();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        Grammar open = grammar;
        if (open != null) {
          open.close();
        }
      }
    }

    private Grammar grammar() {
      Grammar open = grammar;
      if (open == null || open.broken()) {
        if (open != null) {
          LOG.warnf("grammar=%d parser=replaced", major);
          open.close();
        }
        open = grammars.open(major);
        grammar = open;
      }
      return open;
    }

    @Override
    public Parse parse(String text) {
      byte[] utf8 = Parsers.utf8(text);
      Grammar parser = grammar();
      long literal = utf8.length * 1_000L; // a microsecond a byte for what is long but plain
      allowed = (warmUp.over() ? WARM_NANOS : COLD_NANOS) + literal;
      cpuBefore = CPU.getCurrentThreadCpuTime();
      since = System.nanoTime();
      try {
        return parser.parse(utf8);
      } finally {
        since = 0;
      }
    }

    /** Ends the parse under way when it has taken too long. */
    void check() {
      long began = since;
      Grammar parser = grammar;
      if (began == 0 || parser == null) {
        return;
      }
      long wall = System.nanoTime() - began;
      if (wall < allowed) {
        return;
      }
      long used = CPU.getThreadCpuTime(thread.threadId()) - cpuBefore;
      if ((used > allowed || wall > MOST_NANOS) && since == began) {
        parser.cancel();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    warmUp.close();
    watch.interrupt();
    workers.forEach(worker -> worker.thread.interrupt());
  }
}
