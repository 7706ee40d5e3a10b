package countersign.app.start;

import io.quarkus.runtime.Quarkus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/**
 * Ends the process in order, once: what was started last ends first. SIGINT, SIGTERM and SIGHUP are
 * a wish to stop, not a failure, so the process then exits with 0.
 */
public final class Stopping {
  private static final Logger LOG = Logger.getLogger(Stopping.class);

  private final Deque<Step> steps = new ArrayDeque<>();
  private final AtomicBoolean quarkus = new AtomicBoolean();
  private final AtomicBoolean asked = new AtomicBoolean();
  private boolean ended;

  private record Step(String name, AutoCloseable end) {}

  /** Listens to signals, and ends everything also when the JVM is told to exit otherwise. */
  public void listen() {
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      Signal.handle(new Signal(name), _ -> ask());
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
  }

  private void ask() {
    asked.set(true);
    if (quarkus.get()) {
      Quarkus.asyncExit(0);
    } else {
      // Still on the way up: nothing serves yet, so the exit hooks do all there is to do. A new
      // thread, because exit waits for them and signals come on one thread only.
      Thread.ofPlatform().name("exit").start(() -> System.exit(0));
    }
  }

  /** Whether a stop was asked for. */
  public boolean asked() {
    return asked.get();
  }

  /** From now on Quarkus runs, or does not any more. */
  void quarkusRuns(boolean runs) {
    quarkus.set(runs);
  }

  /** Remembers what must be ended, after everything that is added later. */
  public synchronized void add(String name, AutoCloseable end) {
    steps.push(new Step(name, end));
    if (ended) {
      end();
    }
  }

  /** Ends everything, the last first. Idempotent; a failure is logged and the rest still ends. */
  public synchronized void end() {
    ended = true;
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        step.end().close();
      } catch (Exception e) {
        LOG.errorf(e, "stop=%s failed", step.name());
      }
    }
  }
}
