package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where what the statements of a text show comes from, worked out when somebody asks. Thread-safe.
 */
public final class Traces {
  /** Of a text that nobody can read. */
  public static final Traces UNKNOWN = new Traces(null, List.of());

  private final @Nullable Catalogue catalogue;
  private final List<Step> steps;
  private volatile @Nullable List<Provenance> memo;

  /**
   * A statement.
   *
   * @param names what names mean when it begins
   * @param doubtful whether it may run what nobody knows
   * @param stale whether something before it may have changed the catalogue
   */
  record Step(@Nullable Node tree, Names names, boolean doubtful, boolean stale) {}

  Traces(@Nullable Catalogue catalogue, List<Step> steps) {
    this.catalogue = catalogue;
    this.steps = List.copyOf(steps);
  }

  static boolean doubtful(Statement statement) {
    boolean asks = statement instanceof Statement.Execute || statement instanceof Statement.Fetch;
    return !asks
        && (statement.effects().contains(Effect.unknown)
            || statement.effects().contains(Effect.program));
  }

  /** The same where code may run that nobody knows. */
  Traces doubted() {
    return new Traces(
        catalogue,
        steps.stream()
            .map(step -> new Step(step.tree(), step.names(), true, step.stale()))
            .toList());
  }

  /** One for each statement, in order; empty when nobody knows how many there are. */
  public List<Provenance> provenances() {
    List<Provenance> known = memo;
    if (known == null) {
      known = steps.stream().map(this::provenance).toList();
      memo = known;
    }
    return known;
  }

  private Provenance provenance(Step step) {
    Provenance of = followed(step);
    return step.stale() ? of.stale() : of;
  }

  private Provenance followed(Step step) {
    Node tree = step.tree();
    Catalogue all = catalogue;
    if (tree == null || all == null) {
      return Provenance.UNKNOWN;
    }
    try {
      Provenance of = new Tracing(all, step.names()).of(tree);
      return step.doubtful() ? of.doubted() : of;
    } catch (RuntimeException | StackOverflowError e) {
      return Following.lost(tree, all, step.names()); // not shaped as published, or much too deep
    }
  }
}
