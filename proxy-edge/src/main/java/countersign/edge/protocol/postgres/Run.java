package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.edge.gate.Judged;
import countersign.edge.mask.ColumnMask;
import countersign.edge.record.Journal;
import countersign.operation.OperationId;
import countersign.session.SessionEvent.MaskedFields;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.session.SessionId;
import countersign.wire.postgres.sql.Origin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One operation between its first byte to the target and its end. Confined to the event loop. */
final class Run {
  private static final int MOST_MASKED = 1_000;

  private final OperationId id;

  /** What the caller asked; null for what the edge asks by itself. */
  private final @Nullable Asked asked;

  /** What described its rows before it ran, null for nothing. */
  private @Nullable Described described;

  /** What masks reach of it; null while nobody has looked. */
  private @Nullable Reach reach;

  private Set<Origin.Column> lifted = Set.of();

  private final Map<Masks, Long> masks = new LinkedHashMap<>();

  private record Masks(String rule, String column, String found, String method) {}

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
    this.asked = null;
    this.read = read;
    this.barrier = barrier;
  }

  Run(Judged judged, long barrier) {
    this(judged, false, barrier);
  }

  private Run(Judged judged, boolean read, long barrier) {
    this.id = judged.id();
    this.asked = judged.asked();
    this.read = read;
    this.barrier = barrier;
  }

  /** A plain read whose decision is not on its way to the log yet. */
  static Run read(Judged judged) {
    return new Run(judged, true, Long.MAX_VALUE);
  }

  /** A plain read whose answer waits for nothing. */
  static Run buffered(Judged judged) {
    return new Run(judged, true, -1);
  }

  /** Writes down how it ended, and before that what was masked; plain reads end together. */
  void end(Journal journal, OperationCompleted how) {
    MaskingApplied masked = maskingApplied(journal.session());
    if (read) {
      journal.ended(how, masked);
      return;
    }
    if (masked != null) {
      journal.later(masked);
    }
    journal.later(how);
  }

  @Nullable Asked asked() {
    return asked;
  }

  @Nullable Described described() {
    return described;
  }

  void described(@Nullable Described before) {
    described = before;
  }

  /** Columns whose masks somebody lifted for it. */
  Set<Origin.Column> lifted() {
    return lifted;
  }

  void lifted(Set<Origin.Column> columns) {
    lifted = columns;
  }

  @Nullable Reach reach() {
    return reach;
  }

  void reach(Reach found) {
    reach = found;
  }

  /** A field was masked. */
  void masked(ColumnMask mask, String column, String found) {
    Masks one = new Masks(mask.rule(), column, found, mask.method().word());
    if (masks.size() >= MOST_MASKED && !masks.containsKey(one)) {
      one = new Masks("more", "", "", "");
    }
    masks.merge(one, 1L, Long::sum);
  }

  /** What was masked in its answer; null for nothing. */
  private @Nullable MaskingApplied maskingApplied(SessionId session) {
    return masks.isEmpty()
        ? null
        : new MaskingApplied(
            session,
            id,
            masks.entrySet().stream()
                .map(each ->
                    new MaskedFields(
                        each.getKey().rule(),
                        each.getKey().column(),
                        each.getKey().found(),
                        each.getKey().method(),
                        each.getValue()))
                .toList());
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
