package countersign.wire.postgres.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where what one statement shows, decides by and writes comes from. Immutable, thread-safe.
 *
 * @param outputs origin of each column of its result, in order; null when their number is not known
 * @param shown origin of everything in its result
 * @param steers what decides over rows, or is computed with on the way to the result
 * @param flows what it writes
 * @param relations oids of the relations it reads, those behind views included; 0 for one that is
 *     not in the catalogue
 * @param kind how its result comes about
 * @param name of what was prepared or declared before; empty when it asks for nothing of that kind
 * @param form how COPY writes its rows; null for any other statement, or when it is not known
 */
public record Provenance(
    @Nullable List<Origin> outputs,
    Origin shown,
    Origin steers,
    List<Flow> flows,
    Set<Integer> relations,
    Kind kind,
    String name,
    @Nullable CopyForm form) {

  /** Among relations: one that is not in the catalogue and may be anything. */
  static final int NOBODY_KNOWS = 0;

  /** How a result comes about. */
  public enum Kind {
    /** By the statement itself. */
    plain,
    /** Nothing is shown yet: PREPARE. The rest says what its execution shows. */
    prepares,
    /** Nothing is shown yet: DECLARE. The rest says what a fetch shows. */
    declares,
    /** By what was prepared. */
    executes,
    /** By a cursor. */
    fetches,
    /** By a plan in words. */
    explains,
    /** Nothing is shown: a change of the schema. What it writes is what it moves. */
    alters,
    /** Names may mean something else by then than the catalogue says. */
    stale
  }

  /**
   * Something is written.
   *
   * @param into the column it is written into; null for a new relation, another name, or what is
   *     not known
   * @param as its names from now on where a column is not copied but moved; else null
   */
  public record Flow(Origin.@Nullable Column into, Origin from, @Nullable Renamed as) {
    Flow(Origin.@Nullable Column into, Origin from) {
      this(into, from, null);
    }

    /** Into nowhere that anybody could name. */
    public static Flow away(Origin from) {
      return new Flow(null, from, null);
    }
  }

  /** What a column is called from now on, without its parents. */
  public record Renamed(String schema, String relation, String column) {}

  /** Of a statement that nobody could follow. */
  public static final Provenance UNKNOWN =
      new Provenance(
          null, Origin.ANYWHERE, Origin.ANYWHERE, List.of(), Set.of(), Kind.plain, "", null);

  /** Of a statement that shows, decides and writes nothing of a relation. */
  public static final Provenance NOTHING =
      new Provenance(
          List.of(), Origin.NONE, Origin.NONE, List.of(), Set.of(), Kind.plain, "", null);

  public Provenance {
    outputs = outputs == null ? null : List.copyOf(outputs);
    flows = List.copyOf(flows);
    relations = Set.copyOf(relations);
  }

  /** Of a name that may stand for either. */
  public Provenance or(Provenance other) {
    List<Origin> both = null;
    if (outputs != null && other.outputs != null && outputs.size() == other.outputs.size()) {
      both = new ArrayList<>(outputs.size());
      for (int i = 0; i < outputs.size(); i++) {
        both.add(outputs.get(i).or(other.outputs.get(i)));
      }
    }
    Set<Flow> all = new LinkedHashSet<>(flows);
    all.addAll(other.flows);
    Set<Integer> named = new HashSet<>(relations);
    named.addAll(other.relations);
    return new Provenance(
        both,
        shown.and(other.shown),
        steers.and(other.steers),
        List.copyOf(all),
        named,
        kind,
        name,
        null);
  }

  /** The same where code may run that nobody knows: only what stands in columns is what it is. */
  Provenance doubted() {
    List<Origin> known = outputs;
    return new Provenance(
        known == null
            ? null
            : known.stream().map(o -> o.direct() ? o : o.and(Origin.ANYWHERE)).toList(),
        shown.and(Origin.ANYWHERE),
        steers.and(Origin.ANYWHERE),
        flows,
        relations,
        kind,
        name,
        form);
  }

  /** The same behind a statement that may have changed what names stand for. */
  Provenance stale() {
    return new Provenance(
        null,
        shown.and(Origin.ANYWHERE),
        steers.and(Origin.ANYWHERE),
        flows,
        relations,
        Kind.stale,
        name,
        null);
  }

  /** The same, writing something else. */
  public Provenance writing(List<Flow> others) {
    return new Provenance(outputs, shown, steers, others, relations, kind, name, form);
  }

  /** The same, naming other relations. */
  public Provenance naming(Set<Integer> others) {
    return new Provenance(outputs, shown, steers, flows, others, kind, name, form);
  }

  /** Whether anything in it may come from anywhere. */
  public boolean unknown() {
    return shown.unknown() || steers.unknown();
  }
}
