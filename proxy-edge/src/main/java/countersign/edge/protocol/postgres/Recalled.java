package countersign.edge.protocol.postgres;

import countersign.deciding.Unmasking;
import countersign.edge.gate.Asked;
import countersign.edge.mask.Columns;
import countersign.wire.postgres.BackendMessage.Column;
import countersign.wire.postgres.sql.Origin;
import countersign.wire.postgres.sql.Provenance;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out about the masks of plain reads that were asked for before: it holds for the
 * very same traces of the very same snapshot of the catalogue, and for nothing else. Confined to
 * the event loop.
 */
final class Recalled {
  private static final int MOST = 64;

  /** By identity: equal traces of another reading are worked out again. */
  private final Map<List<Provenance>, Read> reads = new IdentityHashMap<>();

  private @Nullable Columns of;

  /** One plain read. */
  static final class Read {
    private final boolean free;
    private final Map<Origin.Column, Unmasking.Column> shown;
    private final boolean near;

    /** Version of the rulebook by which nobody may lift its masks; -1 for none yet. */
    private long unliftedAt = -1;

    private @Nullable Planned planned;

    private Read(Asked asked, List<Provenance> traces, Columns columns) {
      MaskedUse use = new MaskedUse(columns, asked, false);
      free = use.refusal() == null;
      shown = use.shown();
      near = Reach.near(asked, traces, columns);
    }

    /** Whether masks do not stand in its way. */
    boolean free() {
      return free;
    }

    /** The masked columns in its results, with their names. */
    Map<Origin.Column, Unmasking.Column> shown() {
      return shown;
    }

    /** Whether anything said about it may quote a masked value. */
    boolean near() {
      return near;
    }

    /** Whether nobody may lift its masks by the rules of that version. */
    boolean unlifted(long rulebook) {
      return unliftedAt == rulebook;
    }

    void unliftedBy(long rulebook) {
      unliftedAt = rulebook;
    }

    /** How rows are masked that the server describes so; null when nobody worked it out. */
    @Nullable MaskedRow planned(List<Column> said, boolean fresh) {
      Planned known = planned;
      return known != null && known.fresh == fresh && known.said.equals(said) ? known.row : null;
    }

    void planned(List<Column> said, boolean fresh, MaskedRow row) {
      planned = new Planned(said, fresh, row);
    }
  }

  private record Planned(List<Column> said, boolean fresh, MaskedRow row) {}

  /**
   * What is known of an operation.
   *
   * @param now the masked columns as they are known now
   * @param redefined whether the open transaction may have given views another definition
   * @return null for what is worked out each time: more than one statement, more than reading, or
   *     traces that nobody knows
   */
  @Nullable Read of(Asked asked, @Nullable Columns now, boolean redefined) {
    if (now == null || redefined || !asked.onlyReads()) {
      return null;
    }
    List<Provenance> traces = asked.traces().get();
    if (traces.size() != 1) {
      return null;
    }
    if (of != now) {
      reads.clear();
      of = now;
    }
    Read known = reads.get(traces);
    if (known == null) {
      if (reads.size() >= MOST) {
        reads.clear();
      }
      known = new Read(asked, traces, now);
      reads.put(traces, known);
    }
    return known;
  }
}
