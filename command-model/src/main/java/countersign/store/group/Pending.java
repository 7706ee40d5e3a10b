package countersign.store.group;

import countersign.port.AppendRefused;
import countersign.store.Urgency;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An item on its way into the log: sealed, waiting for its turn and its answer. All its session's
 * events are of one session and follow each other.
 */
public final class Pending {
  final List<Row> rows;
  final Urgency urgency;
  final long after;
  final List<Asked> condition;
  final @Nullable UUID session;
  final long firstSeq;
  final long lastSeq;

  /** Which of the rows is the session's last. */
  final int lastAt;

  final long bytes;
  final long since = System.nanoTime();

  /** What this item writes that a condition may be about: tags, and its session. */
  final Set<Object> writes = new HashSet<>();

  /** Completes when the keys that sealed it are durable. */
  final CompletableFuture<Void> ready;

  /** Completes with the position of the first event. */
  final CompletableFuture<Long> answer = new CompletableFuture<>();

  /**
   * Makes one.
   *
   * @param after condition's position
   * @param condition criteria that must match nothing after it; empty for no condition
   * @throws IllegalArgumentException if the numbers of its session have a hole
   */
  public Pending(
      List<Row> rows,
      Urgency urgency,
      long after,
      List<Asked> condition,
      CompletableFuture<Void> ready) {
    this.rows = rows;
    this.urgency = urgency;
    this.after = after;
    this.condition = condition;
    this.ready = ready;
    UUID of = null;
    long first = -1;
    long last = -1;
    int at = -1;
    long sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      sum += row.bytes();
      writes.addAll(row.tags());
      if (row.session() == null) {
        continue;
      }
      if (of == null) {
        of = row.session();
        first = row.sessionSeq();
        writes.add(of);
      } else if (!of.equals(row.session()) || row.sessionSeq() != last + 1) {
        throw new IllegalArgumentException(
            "sessionSeq: " + row.sessionSeq() + " (expected: one session, without a hole)");
      }
      last = row.sessionSeq();
      at = i;
    }
    this.session = of;
    this.firstSeq = first;
    this.lastSeq = last;
    this.lastAt = at;
    this.bytes = sum;
  }

  /** The answer, for the caller. */
  public CompletableFuture<Long> answer() {
    return answer;
  }

  /** What it holds of the bounds. */
  public long bytes() {
    return bytes;
  }

  /** Whether another one is of the same session and has a later number. */
  boolean isBefore(Pending other) {
    return session != null && session.equals(other.session) && other.firstSeq > firstSeq;
  }

  void refuse(AppendRefused.Reason reason, String why) {
    answer.completeExceptionally(new AppendRefused(reason, why));
  }
}
