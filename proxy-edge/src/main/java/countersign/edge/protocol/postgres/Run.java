package countersign.edge.protocol.postgres;

import countersign.edge.record.Journal;
import countersign.operation.OperationId;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionId;
import java.util.concurrent.TimeUnit;

/** One operation between its first byte to the target and its end. Confined to the event loop. */
final class Run {
  private final OperationId id;
  private final boolean read;
  private final long sinceNanos = System.nanoTime();

  /** Number of the event that must be durable before a byte of the answer leaves. */
  private long barrier;

  private long rows;
  private long bytes;
  private String status = "00000";
  private String tag = "";

  Run(OperationId id, long barrier) {
    this(id, false, barrier);
  }

  private Run(OperationId id, boolean read, long barrier) {
    this.id = id;
    this.read = read;
    this.barrier = barrier;
  }

  /** A plain read whose decision is not on its way to the log yet. */
  static Run read(OperationId id) {
    return new Run(id, true, Long.MAX_VALUE);
  }

  /** Writes down how it ended; the ends of plain reads go to the log together. */
  void end(Journal journal, OperationCompleted how) {
    if (read) {
      journal.ended(how);
    } else {
      journal.later(how);
    }
  }

  OperationId id() {
    return id;
  }

  long barrier() {
    return barrier;
  }

  void barrier(long seq) {
    barrier = seq;
  }

  void answered(int rowsBegun, int length) {
    rows += rowsBegun;
    bytes += length;
  }

  void failed(String sqlState) {
    status = sqlState;
  }

  void succeeded(String words) {
    tag = words;
  }

  OperationCompleted completed(SessionId session) {
    return new OperationCompleted(
        session, id, outcome(), status, rowsOf(tag), bytes, micros(), tag);
  }

  /** The target skipped it because something before it failed. */
  OperationCompleted skipped(SessionId session, String because) {
    return new OperationCompleted(session, id, "cancelled", because, 0, bytes, micros(), "");
  }

  private String outcome() {
    return switch (status) {
      case "00000" -> "ok";
      case Words.CANCELED -> "cancelled";
      default -> "error";
    };
  }

  private long micros() {
    return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sinceNanos);
  }

  /** The target's own count where its tag has one, such as {@code DELETE 1}. */
  private long rowsOf(String words) {
    String last = words.substring(words.lastIndexOf(' ') + 1);
    if (last.isEmpty() || last.length() > 18 || !last.chars().allMatch(Character::isDigit)) {
      return rows;
    }
    return Long.parseLong(last);
  }
}
