package countersign.edge.protocol.postgres;

import countersign.edge.gate.Asked;
import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.Columns;
import countersign.edge.mask.MaskRules;
import countersign.operation.Effect;
import countersign.wire.postgres.BackendMessage.Column;
import countersign.wire.postgres.sql.CopyForm;
import countersign.wire.postgres.sql.Origin;
import countersign.wire.postgres.sql.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What masks of columns reach of one operation: by what its statements were seen to show, held
 * against what the server says of each column. Where the two disagree, or one of them is missing,
 * the column counts as masked. Confined to the event loop.
 */
final class Reach {
  private final @Nullable Columns columns;
  private final List<Provenance> traces;
  private final boolean near;
  private final Set<Origin.Column> lifted;

  /** What is known of it from before; null where it is worked out each time. */
  private final Recalled.@Nullable Read read;

  /** Which of its statements answers now. */
  private int statement;

  private Reach(
      @Nullable Columns columns,
      List<Provenance> traces,
      boolean near,
      Set<Origin.Column> lifted,
      Recalled.@Nullable Read read) {
    this.columns = columns;
    this.traces = traces;
    this.near = near;
    this.lifted = lifted;
    this.read = read;
  }

  /**
   * Of an operation.
   *
   * @param asked null for what nobody asked
   * @param columns masked columns of the target; null when nobody knows them
   * @param lifted columns whose masks somebody lifted for it
   * @param read what is known of it from before, as of the same columns; null for nothing
   */
  static Reach of(
      @Nullable Asked asked,
      @Nullable Columns columns,
      Set<Origin.Column> lifted,
      Recalled.@Nullable Read read) {
    if (asked == null || columns == null) {
      return new Reach(columns, List.of(), true, lifted, null);
    }
    List<Provenance> traces = asked.traces().get();
    boolean near = read == null ? near(asked, traces, columns) : read.near();
    return new Reach(columns, traces, near, lifted, read);
  }

  static boolean near(Asked asked, List<Provenance> traces, Columns columns) {
    if (asked.effects().contains(Effect.unknown)
        || asked.effects().contains(Effect.program)
        || traces.isEmpty()) {
      return true;
    }
    for (Provenance one : traces) {
      if (one.unknown() || one.relations().stream().anyMatch(columns::near)) {
        return true;
      }
    }
    return asked.facts().relations().stream().anyMatch(columns::near);
  }

  /** Whether anything said about it may quote a masked value. */
  boolean near() {
    return near;
  }

  /** Whether a value of a masked column may be computed with. */
  boolean computes() {
    Columns known = columns;
    if (known == null || traces.isEmpty()) {
      return true;
    }
    for (Provenance one : traces) {
      boolean flows = one.flows().stream().anyMatch(flow -> known.certain(flow.from()));
      if (one.unknown() || flows || known.certain(one.shown()) || known.certain(one.steers())) {
        return true;
      }
    }
    return false;
  }

  /** The next of its statements answers from now on. */
  void next() {
    statement++;
  }

  private Provenance now() {
    return statement < traces.size() ? traces.get(statement) : Provenance.UNKNOWN;
  }

  /**
   * How the rows of a result are masked.
   *
   * @param said what the server says of its columns
   * @param asOf as in {@link #masks}
   * @param fresh as in {@link #masks}
   */
  MaskedRow plan(MaskRules rules, List<Column> said, @Nullable Columns asOf, boolean fresh) {
    Recalled.Read known = statement == 0 && same(asOf) ? read : null;
    MaskedRow before = known == null ? null : known.planned(said, fresh);
    if (before != null) {
      return before;
    }
    MaskedRow row = MaskedRow.of(rules, said, masks(said, asOf, fresh));
    if (known != null) {
      known.planned(said, fresh, row);
    }
    return row;
  }

  /**
   * How each column of a result is masked; null for one that is not.
   *
   * @param asOf masked columns as they are known when the result begins: behind a statement that
   *     took its time a name may mean something else
   * @param fresh whether the server described the columns with the result and not before
   */
  private List<@Nullable ColumnMask> masks(
      List<Column> said, @Nullable Columns asOf, boolean fresh) {
    Columns known = same(asOf) ? asOf : null;
    Provenance now = now();
    List<Origin> outputs = now.outputs();
    boolean fits = outputs != null && outputs.size() == said.size();
    List<@Nullable ColumnMask> masks = new ArrayList<>(said.size());
    for (int i = 0; i < said.size(); i++) {
      masks.add(
          mask(said.get(i), fits && outputs != null ? outputs.get(i) : null, now, known, fresh));
    }
    return masks;
  }

  private boolean same(@Nullable Columns asOf) {
    return columns != null && asOf != null && asOf.asOf(columns);
  }

  private @Nullable ColumnMask mask(
      Column said, @Nullable Origin seen, Provenance now, @Nullable Columns known, boolean fresh) {
    if (known == null || now.kind() == Provenance.Kind.stale) {
      return ColumnMask.DOUBT;
    }
    boolean named = said.tableOid() != 0;
    ColumnMask by = named ? known.of(said.tableOid(), said.attribute(), lifted) : null;
    ColumnMask through;
    if (seen == null && named && (fresh || !now.unknown())) {
      through = null;
    } else if (seen == null && now.outputs() != null) {
      through = ColumnMask.DOUBT; // more or fewer columns than were seen: by a rule, for one
    } else if (seen == null) {
      through = known.of(now.shown(), lifted); // a name may be what it was when it was described
    } else if (named && !seen.names(said.tableOid(), said.attribute())) {
      through = known.of(now.shown(), lifted); // not what the statement was read as
    } else {
      through = known.of(seen, lifted);
    }
    return by == null ? through : through == null ? by : by.stricter(through);
  }

  /** How each of so many columns of COPY is masked, and the type of each; null when not known. */
  @Nullable List<Copied> copied(int count, @Nullable Columns asOf) {
    Columns known = columns;
    List<Origin> outputs = now().outputs();
    if (known == null || !same(asOf) || outputs == null || outputs.size() != count) {
      return null;
    }
    return outputs.stream()
        .map(origin -> new Copied(known.of(origin, lifted), type(origin)))
        .toList();
  }

  /** A column of COPY; its type is 0 when it is not known. */
  record Copied(@Nullable ColumnMask mask, int type) {}

  private static int type(Origin origin) {
    return origin.direct() && origin.columns().size() == 1
        ? origin.columns().iterator().next().type()
        : 0;
  }

  /** How COPY writes its rows. */
  @Nullable CopyForm form() {
    return now().form();
  }
}
