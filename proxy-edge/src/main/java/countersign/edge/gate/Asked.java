package countersign.edge.gate;

import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.wire.postgres.sql.Provenance;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol asks the gate about one operation.
 *
 * @param text the exact text
 * @param bytes the exact bytes the target would get for it, bind values and formats included
 * @param binds bind values decoded for reading
 * @param plan the target's plan for it, empty when nobody asked for one
 * @param modifiable whether an approver may put another text in its place
 * @param traces where what its statements show comes from, one for each, worked out when asked for;
 *     empty when nobody knows
 */
public record Asked(
    String text,
    byte[] bytes,
    List<@Nullable String> binds,
    Set<Effect> effects,
    Facts facts,
    String plan,
    boolean modifiable,
    Supplier<List<Provenance>> traces) {
  /** An operation whose plan nobody asked for, and of which nobody knows what it shows. */
  public Asked(
      String text,
      byte[] bytes,
      List<@Nullable String> binds,
      Set<Effect> effects,
      Facts facts,
      boolean modifiable) {
    this(text, bytes, binds, effects, facts, modifiable, List::of);
  }

  /** An operation whose plan nobody asked for. */
  public Asked(
      String text,
      byte[] bytes,
      List<@Nullable String> binds,
      Set<Effect> effects,
      Facts facts,
      boolean modifiable,
      Supplier<List<Provenance>> traces) {
    this(text, bytes, binds, effects, facts, "", modifiable, traces);
  }

  public Asked {
    effects = Set.copyOf(effects);
  }

  /** The same with what the target's planner expects of it. */
  public Asked estimated(long rows, String planned) {
    return new Asked(
        text, bytes, binds, effects, facts.estimated(rows), planned, modifiable, traces);
  }

  /** Whether it reads and does nothing else. */
  public boolean onlyReads() {
    return effects.equals(Set.of(Effect.read));
  }
}
