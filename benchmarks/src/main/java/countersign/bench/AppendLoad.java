package countersign.bench;

import countersign.event.KeyScope;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.OperationId;
import countersign.session.SessionEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.Urgency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sessions that append one event after the other, each waiting until it is durable. */
final class AppendLoad {
  /** JSON around the text of an operation, so that what is sealed has the size asked for. */
  private static final int AROUND = 118;

  private AppendLoad() {}

  private interface Maker {
    SessionEvent make(SessionId session, long seq);
  }

  static AppendBench.Round events(EventLog log, int sessions, int bytes, int seconds)
      throws InterruptedException {
    String text = "x".repeat(bytes - AROUND);
    return run(log, sessions, seconds, Urgency.decision, (session, _) -> decided(session, text));
  }

  static AppendBench.Round segments(EventLog log, int sessions, int bytes, int seconds)
      throws InterruptedException {
    byte[] frames = new byte[bytes];
    new Random(7).nextBytes(frames);
    return run(
        log,
        sessions,
        seconds,
        Urgency.segment,
        (session, seq) ->
            new SessionEvent.SegmentRecorded(session, seq, 0, 0, 0, bytes, seq, seq, frames));
  }

  private static AppendBench.Round run(
      EventLog log, int sessions, int seconds, Urgency urgency, Maker maker)
      throws InterruptedException {
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    List<Latencies> each = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      Latencies latencies = new Latencies();
      each.add(latencies);
      threads.add(Thread.ofVirtual().start(() -> append(log, end, urgency, maker, latencies)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    for (Latencies latencies : each) {
      if (latencies.failure != null) {
        throw new IllegalStateException("an append failed", latencies.failure);
      }
    }
    long[] all = each.stream().flatMapToLong(l -> Arrays.stream(l.nanos, 0, l.count)).toArray();
    Arrays.sort(all);
    return new AppendBench.Round(
        all.length / elapsed, all[all.length / 2] / 1e6, all[(int) (all.length * 0.99)] / 1e6);
  }

  private static void append(
      EventLog log, long end, Urgency urgency, Maker maker, Latencies latencies) {
    SessionId session = SessionId.next();
    KeyScope scope = new KeyScope.OfSession(session);
    try {
      long now = System.nanoTime();
      for (long seq = 0; now < end; seq++) {
        Draft draft = new Draft(maker.make(session, seq), scope, session, seq, Set.of());
        log.append(new Item(List.of(draft), null, urgency)).toCompletableFuture().join();
        long answered = System.nanoTime();
        latencies.add(answered - now);
        now = answered;
      }
    } catch (RuntimeException e) {
      latencies.failure = e;
    }
  }

  private static SessionEvent decided(SessionId session, String text) {
    return new SessionEvent.OperationDecided(
        session,
        OperationId.next(),
        DecisionKind.allowed,
        Set.of(Effect.read),
        7,
        "0123456789abcdef".repeat(4),
        null,
        null,
        false,
        text,
        List.of(),
        Facts.NONE,
        "duty/1",
        "");
  }

  private static final class Latencies {
    private long[] nanos = new long[4_096];
    private int count;
    private @Nullable RuntimeException failure;

    void add(long latency) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, count * 2);
      }
      nanos[count++] = latency;
    }
  }
}
