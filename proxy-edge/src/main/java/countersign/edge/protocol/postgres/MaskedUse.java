package countersign.edge.protocol.postgres;

import countersign.deciding.Unmasking;
import countersign.edge.gate.Asked;
import countersign.edge.gate.Gate;
import countersign.edge.mask.Columns;
import countersign.operation.Effect;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Origin;
import countersign.wire.postgres.sql.Provenance;
import countersign.wire.postgres.sql.Provenance.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operation does with masked columns besides showing them. Pure. */
final class MaskedUse {
  private final Columns columns;
  private final List<Provenance> traces;
  private final boolean writes;
  private final boolean foreseen;
  private final boolean redefined;

  /**
   * Makes it.
   *
   * @param redefined whether the open transaction may have given views another definition
   */
  MaskedUse(Columns columns, Asked asked, boolean redefined) {
    this.columns = columns;
    this.traces = asked.traces().get();
    this.writes = Gate.writes(asked.effects());
    this.foreseen =
        !asked.effects().contains(Effect.unknown) && !asked.effects().contains(Effect.program);
    this.redefined = redefined;
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
      if (hides(of)) {
        return Words.error(Words.FORBIDDEN, "nobody can follow what the statement decides by")
            .withDetail("It names a relation with columns that may be shown masked and no more.");
      }
      ErrorFields written = written(of);
      if (written != null) {
        return written;
      }
    }
    return null;
  }

  /** Whether what it decides by cannot be followed, and may be a column that is only shown. */
  private boolean hides(Provenance of) {
    boolean asks = of.kind() == Kind.executes || of.kind() == Kind.fetches;
    return foreseen
        && !asks
        && of.steers().unknown()
        && of.relations().stream().anyMatch(columns::shownOnly);
  }

  private @Nullable ErrorFields written(Provenance of) {
    boolean near = of.relations().stream().anyMatch(columns::near);
    boolean stale = redefined || of.kind() == Kind.stale;
    for (Provenance.Flow flow : of.flows()) {
      Origin from = flow.from();
      if (columns.certain(from)
          && !columns.kept(from, flow.into())
          && (flow.as() == null || !columns.kept(from, flow.as()))) {
        return of.kind() == Kind.alters ? moved() : copied();
      }
      boolean doubtful =
          from.unknown() && near
              || stale && from.columns().stream().anyMatch(c -> columns.view(c.relation()));
      if (doubtful && writes && foreseen && !kept(flow)) {
        return Words.error(Words.FORBIDDEN, "nobody can follow what the statement writes")
            .withDetail("It may copy a masked value to where no mask is.")
            .withHint(
                stale
                    ? "Commit the change of the schema first, then write from views."
                    : "Name the columns that you read in a plainer statement.");
      }
    }
    return null;
  }

  /** Whether even a masked value would be masked there. */
  private boolean kept(Provenance.Flow flow) {
    return flow.into() != null && columns.kept(Origin.ANYWHERE, flow.into());
  }

  private static ErrorFields copied() {
    return Words.error(Words.FORBIDDEN, "a masked value is not copied to where no mask is")
        .withDetail("The statement writes what it reads from a masked column somewhere else.")
        .withHint("Leave the masked columns out, or make a view over them.");
  }

  private static ErrorFields moved() {
    return Words.error(Words.FORBIDDEN, "a masked column is not taken out from under its mask")
        .withDetail("Masks go by names, parents and definitions, which the statement changes.")
        .withHint("Change the rule first, or change the schema past the gateway.");
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
