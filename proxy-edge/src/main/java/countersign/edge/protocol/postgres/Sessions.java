package countersign.edge.protocol.postgres;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The open sessions of an edge, and who may cancel what. Thread-safe. */
final class Sessions {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ConcurrentHashMap<Integer, Cancelling> byProcess = new ConcurrentHashMap<>();
  private final Set<Opening> openings = ConcurrentHashMap.newKeySet();

  void opened(Opening opening) {
    openings.add(opening);
  }

  void closed(Opening opening) {
    openings.remove(opening);
    synchronized (this) {
      notifyAll();
    }
  }

  /**
   * Waits until no session is open. Blocks: not for event loops.
   *
   * @return whether none is
   */
  synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!openings.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  Set<Opening> open() {
    return openings;
  }

  /**
   * Gives a number that nobody else has: the one that the session has at its target, for callers
   * compare it with what the target says of processes; a random one where another target's process
   * has that already.
   */
  int add(int process, Cancelling one) {
    int number = process;
    while (number == 0 || byProcess.putIfAbsent(number, one) != null) {
      number = RANDOM.nextInt(1, Integer.MAX_VALUE);
    }
    return number;
  }

  void remove(Cancelling one) {
    byProcess.remove(one.processId(), one);
  }

  /**
   * Cancels what a session does, by possession of its key only.
   *
   * @param done called, on some event loop, when the request has had its effect or has none
   */
  void cancel(int processId, byte[] key, Runnable done) {
    Cancelling found = byProcess.get(processId);
    if (found == null || !found.knows(key)) {
      done.run();
      return;
    }
    found.loop().execute(() -> found.owner().cancel(done));
  }
}
