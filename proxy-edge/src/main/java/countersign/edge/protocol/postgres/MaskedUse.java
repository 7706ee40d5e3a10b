package countersign.edge.protocol.postgres;

import countersign.deciding.Unmasking;
import countersign.edge.gate.Asked;
import countersign.edge.mask.Columns;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Origin;
import countersign.wire.postgres.sql.Provenance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operation does with masked columns besides showing them. Pure. */
final class MaskedUse {
  private final Columns columns;
  private final List<Provenance> traces;

  MaskedUse(Columns columns, Asked asked) {
    this.columns = columns;
    this.traces = asked.traces().get();
  }

  /** Why it may not be done; null when it may. */
  @Nullable ErrorFields refusal() {
    for (Provenance of : traces) {
      Unmasking.Column computed = computed(of);
      if (computed != null) {
        return Words.error(
                Words.FORBIDDEN, "column " + computed + ": may be shown masked and nothing else")
            .withDetail("The statement decides or computes with it, which would tell its values.")
            .withHint("Leave it out of conditions, expressions, joins and orders.");
      }
      for (Provenance.Flow flow : of.flows()) {
        boolean guarded = flow.into() != null && columns.into(flow.into()) != null;
        if (!guarded && columns.certain(flow.from())) {
          return Words.error(Words.FORBIDDEN, "a masked value is not copied to where no mask is")
              .withDetail("The statement writes what it reads from a masked column somewhere else.")
              .withHint("Leave the masked columns out, or make a view over them.");
        }
      }
    }
    return null;
  }

  private Unmasking.@Nullable Column computed(Provenance of) {
    Unmasking.Column found = only(of.steers());
    List<Origin> outputs = of.outputs();
    if (found == null && outputs != null) {
      for (Origin output : outputs) {
        found = found == null && !output.direct() ? only(output) : found;
      }
    } else if (found == null) {
      found = only(of.shown());
    }
    for (Provenance.Flow flow : of.flows()) {
      found = found == null ? only(flow.from()) : found;
    }
    return found;
  }

  /** A column of it that may only be shown. */
  private Unmasking.@Nullable Column only(Origin origin) {
    for (Origin.Column column : origin.columns()) {
      if (columns.shownOnly(column)) {
        Unmasking.Column name = columns.name(column);
        return name == null ? new Unmasking.Column("", "", "") : name;
      }
    }
    return null;
  }

  /** The masked columns in its results, with their names. */
  Map<Origin.Column, Unmasking.Column> shown() {
    Map<Origin.Column, Unmasking.Column> shown = new HashMap<>();
    for (Provenance of : traces) {
      for (Origin.Column column : columns.among(of.shown())) {
        Unmasking.Column name = columns.name(column);
        if (name != null) {
          shown.put(column, name);
        }
      }
    }
    return shown;
  }
}
