package countersign.edge.record;

import countersign.port.Append;
import countersign.port.AppendRefused;
import countersign.session.SessionEvent;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.MaskingsApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionEvent.OperationDecided;
import countersign.session.SessionEvent.OperationsCompleted;
import countersign.session.SessionEvent.OperationsDecided;
import countersign.session.SessionId;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's events, numbered without a hole. Confined to the session's event loop; appending
 * never blocks it, and nothing that waits runs before the call that appended has returned.
 */
public final class Journal {
  /** Ends of operations may wait this long for company on their way to the log. */
  private static final long LATER_MILLIS = 20;

  /** Ends of plain reads wait longer, for many are one event; as long as a segment does. */
  private static final long ENDS_MILLIS = 100;

  private static final int MOST_ENDS = 512;

  /** Characters of texts that nobody waits for. */
  private static final int MOST_TEXT = 1 << 20;

  private final SessionId session;
  private final Append append;
  private final EventExecutor loop;
  private final Consumer<AppendRefused> failed;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private List<SessionEvent> later = new ArrayList<>();
  private List<OperationDecided> early = new ArrayList<>();
  private long earlyText;
  private List<MaskingApplied> masked = new ArrayList<>();
  private List<OperationCompleted> ends = new ArrayList<>();
  private boolean laterScheduled;
  private boolean endsScheduled;
  private long next;
  private long durable = -1;
  private @Nullable AppendRefused refusal;

  private record Waiting(long seq, Runnable then) {}

  /**
   * Begins a journal.
   *
   * @param failed called once, on the loop, when the log takes no more of this session
   */
  public Journal(
      SessionId session, Append append, EventExecutor loop, Consumer<AppendRefused> failed) {
    this.session = session;
    this.append = append;
    this.loop = loop;
    this.failed = failed;
  }

  /** The session. */
  public SessionId session() {
    return session;
  }

  /**
   * Appends an event and everything that waits for company.
   *
   * @return the event's number; durable when {@link #durable(long)} says so
   */
  public long append(SessionEvent event) {
    takeReads();
    later.add(event);
    return flush();
  }

  /**
   * Appends decisions on plain reads, for which a caller waits; ends of earlier ones wait on.
   *
   * @return as {@link #append}
   */
  public long decided(SessionEvent decisions) {
    takeEarly();
    later.add(decisions);
    return send();
  }

  /** Appends the decision on a plain read that nobody waits for, together with others. */
  public void early(OperationDecided decision) {
    early.add(decision);
    earlyText += decision.text().length();
    company(early.size() >= MOST_ENDS || earlyText >= MOST_TEXT);
  }

  /**
   * Appends the end of a plain read, together with others.
   *
   * @param hidden what was masked in its answer; null for nothing
   */
  public void ended(OperationCompleted end, @Nullable MaskingApplied hidden) {
    if (hidden != null) {
      masked.add(hidden);
    }
    ends.add(end);
    company(ends.size() >= MOST_ENDS);
  }

  private void company(boolean enough) {
    if (enough) {
      flush();
    } else if (!endsScheduled) {
      endsScheduled = true;
      ScheduledFuture<?> unused =
          loop.schedule(
              () -> {
                endsScheduled = false;
                flush();
              },
              ENDS_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  private void takeEarly() {
    if (!early.isEmpty()) {
      later.add(early.size() == 1 ? early.getFirst() : new OperationsDecided(session, early));
      early = new ArrayList<>();
      earlyText = 0;
    }
  }

  /** Decisions stand before what came of them. */
  private void takeReads() {
    takeEarly();
    if (!masked.isEmpty()) {
      later.add(masked.size() == 1 ? masked.getFirst() : new MaskingsApplied(session, masked));
      masked = new ArrayList<>();
    }
    if (!ends.isEmpty()) {
      later.add(ends.size() == 1 ? ends.getFirst() : new OperationsCompleted(session, ends));
      ends = new ArrayList<>();
    }
  }

  /** Appends an event soon, together with others: for what nothing waits for. */
  public void later(SessionEvent event) {
    takeEarly();
    later.add(event);
    if (!laterScheduled) {
      laterScheduled = true;
      ScheduledFuture<?> unused =
          loop.schedule(
              () -> {
                laterScheduled = false;
                send();
              },
              LATER_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Appends what waits for company.
   *
   * @return number of the newest event
   */
  public long flush() {
    takeReads();
    return send();
  }

  private long send() {
    if (later.isEmpty()) {
      return next - 1;
    }
    List<SessionEvent> events = later;
    later = new ArrayList<>();
    long first = next;
    next += events.size();
    long last = next - 1;
    if (refusal != null) {
      return last;
    }
    try {
      append
          .append(session, first, List.copyOf(events))
          .whenComplete((_, failure) -> loop.execute(() -> appended(last, failure)));
    } catch (RuntimeException e) {
      fail(e);
    }
    return last;
  }

  private void appended(long last, @Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
      return;
    }
    if (refusal != null) {
      return;
    }
    durable = Math.max(durable, last);
    while (!waiting.isEmpty() && waiting.peek().seq <= durable) {
      waiting.remove().then.run();
    }
  }

  private void fail(Throwable failure) {
    if (refusal != null) {
      return;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    AppendRefused why =
        cause instanceof AppendRefused refused
            ? refused
            : new AppendRefused(
                AppendRefused.Reason.storeDown, "store: " + cause.getClass().getSimpleName());
    refusal = why;
    waiting.clear();
    loop.execute(() -> failed.accept(why));
  }

  /** Whether the event of that number, and every one before it, is durable. */
  public boolean durable(long seq) {
    return seq <= durable;
  }

  /** Whether the log takes no more. */
  public boolean refused() {
    return refusal != null;
  }

  /**
   * Runs something on the loop once the event of that number is durable; at once if it is. Never
   * runs when the log refuses. Called in the order of numbers.
   */
  public void whenDurable(long seq, Runnable then) {
    if (refusal != null) {
      return;
    }
    if (durable(seq)) {
      then.run();
    } else {
      waiting.add(new Waiting(seq, then));
    }
  }
}
