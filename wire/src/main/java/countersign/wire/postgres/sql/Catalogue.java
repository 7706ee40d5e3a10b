package countersign.wire.postgres.sql;

import countersign.wire.postgres.grammar.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a target's catalogue, judged already: for everything that has a name, whether using
 * it is known to be harmless. What is built in is judged by the published lists, everything else by
 * its definition. Immutable, thread-safe.
 */
public final class Catalogue implements Lookup.Source {
  /** Everything with a smaller oid came with the server. */
  private static final int FIRST_OF_OURS = 16_384;

  /** Deepest nesting of views over views. */
  private static final int DEEPEST = 64;

  final String setting;
  final List<String> path;
  final Set<String> builtInFunctions;
  final Set<String> builtInOperators;
  final Set<String> builtInTypes;
  final Map<Name, Relation> relations;
  final Map<String, List<Thing>> functions;
  final Map<String, List<Thing>> operators;
  final Map<String, List<Thing>> types;
  final Map<String, String> castsTo;
  final Map<String, String> rowFunctions;
  final Map<Integer, String> typeProblems;
  private final Map<Integer, Relation> byOid = new HashMap<>();
  private final Map<Integer, Analysed> definitions;
  private final List<Inherits> inherits;
  private final List<Computed> computed;
  private final Map<Integer, Integer> rowTypes;

  /** What is behind the views that somebody asked for. */
  private final Map<Integer, Provenance> behind = new ConcurrentHashMap<>();

  /** That a relation is a child or a partition of another, by oid. */
  public record Inherits(int child, int parent) {}

  /**
   * A generated column.
   *
   * @param number {@code attnum}
   * @param from {@code attnum} of what it is computed from
   */
  public record Computed(int relation, int number, Set<Integer> from) {
    public Computed {
      from = Set.copyOf(from);
    }
  }

  /**
   * A relation.
   *
   * @param kind as in {@code pg_class.relkind}
   * @param problem why reading it is not known to be harmless, empty when it is
   * @param columns its columns in order; empty for what is built in
   */
  public record Relation(Name name, int oid, char kind, String problem, List<Column> columns) {}

  /**
   * A column.
   *
   * @param number {@code attnum}
   * @param type oid of its type
   */
  public record Column(String name, int number, int type) {}

  /**
   * A function, operator or type that is not built in.
   *
   * @param problem why using it is not known to be harmless, empty when it is
   */
  public record Thing(String schema, String problem) {}

  Catalogue(CatalogueJudgement judged) {
    this.setting = judged.rows.setting;
    this.path = List.copyOf(judged.rows.path);
    this.builtInFunctions = Set.copyOf(judged.rows.builtInFunctions);
    this.builtInOperators = Set.copyOf(judged.rows.builtInOperators);
    this.builtInTypes = Set.copyOf(judged.rows.builtInTypes);
    this.relations = Map.copyOf(judged.relations);
    this.functions = Map.copyOf(judged.functions);
    this.operators = Map.copyOf(judged.operators);
    this.types = Map.copyOf(judged.types);
    this.castsTo = Map.copyOf(judged.castsTo);
    this.rowFunctions = Map.copyOf(judged.rowFunctions);
    this.typeProblems = Map.copyOf(judged.typeProblems());
    this.definitions = Map.copyOf(judged.definitions);
    this.inherits = judged.rows.inherits.stream().map(e -> new Inherits(e[1], e[0])).toList();
    this.computed = List.copyOf(judged.computed());
    this.rowTypes = Map.copyOf(judged.rowTypes());
    relations.values().forEach(relation -> byOid.put(relation.oid(), relation));
  }

  /** What names mean at the beginning of a session with the same login. */
  public Names names() {
    return new Names(path, true, Set.of());
  }

  /** The search path's setting that {@link #names()} belongs to, as the server reports it. */
  public String searchPath() {
    return setting;
  }

  /** The relation of a full name; null when there is none. */
  @Override
  public @Nullable Relation relation(Name name) {
    return relations.get(name);
  }

  @Override
  public List<Thing> functions(String name) {
    return functions.getOrDefault(name, List.of());
  }

  @Override
  public List<Thing> operators(String name) {
    return operators.getOrDefault(name, List.of());
  }

  @Override
  public List<Thing> types(String name) {
    return types.getOrDefault(name, List.of());
  }

  @Override
  public boolean builtInFunction(String name) {
    return builtInFunctions.contains(name);
  }

  @Override
  public boolean builtInOperator(String name) {
    return builtInOperators.contains(name);
  }

  @Override
  public boolean builtInType(String name) {
    return builtInTypes.contains(name);
  }

  @Override
  public String castTo(String type) {
    return castsTo.getOrDefault(type, "");
  }

  @Override
  public String rowFunction(String field) {
    return rowFunctions.getOrDefault(field, "");
  }

  /** The relation that a name means; null when there is none. */
  public @Nullable Relation relation(Name name, Names names) {
    if (name.qualified()) {
      return relations.get(name);
    }
    if (!names.path().contains(Name.BUILT_IN)) {
      Relation builtIn = relations.get(new Name(Name.BUILT_IN, name.name()));
      if (builtIn != null) {
        return builtIn;
      }
    }
    for (String schema : names.path()) {
      Relation found = relations.get(new Name(schema, name.name()));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * Whether values of a type, named by its oid as in a Parse message, can be taken without running
   * code that is not known to be harmless. A domain, for example, runs its checks.
   *
   * @param oid as the caller sent it; 0 leaves the choice to the server
   */
  public boolean harmlessType(int oid) {
    boolean builtIn = oid >= 0 && oid < 16_384;
    String problem = typeProblems.get(oid);
    return builtIn || problem != null && problem.isEmpty();
  }

  /** The relation of an oid; null when there is none. */
  public @Nullable Relation relation(int oid) {
    return byOid.get(oid);
  }

  /** All relations, in no order. */
  public Collection<Relation> relations() {
    return relations.values();
  }

  /** Children and partitions with their parents. */
  public List<Inherits> inherits() {
    return inherits;
  }

  /** Generated columns. */
  public List<Computed> computed() {
    return computed;
  }

  /** The relation whose rows are values of a type, or parts of them; 0 when there is none. */
  public int rowsOf(int type) {
    return rowTypes.getOrDefault(type, 0);
  }

  /** Where what a view shows comes from; null for what is no view of ours. */
  public @Nullable Provenance behind(Relation view) {
    return behind(view, 0);
  }

  /** The same behind so many views: they may stand in a circle, which nobody can read from. */
  @Nullable Provenance behind(Relation view, int depth) {
    boolean ours = view.oid() < 0 || view.oid() >= FIRST_OF_OURS; // an oid is unsigned
    if (view.kind() != 'v' && view.kind() != 'm' || !ours || view.columns().isEmpty()) {
      return null;
    }
    Provenance known = behind.get(view.oid());
    if (known != null) {
      return known;
    }
    if (depth > DEEPEST) {
      return Provenance.UNKNOWN;
    }
    Analysed definition = definitions.get(view.oid());
    Node tree = definition == null ? null : definition.parts().getFirst().tree();
    Provenance now = tree == null || !tree.is("SelectStmt") ? Provenance.UNKNOWN : of(tree, depth);
    if (!view.problem().isEmpty()) {
      now = now.doubted();
    }
    behind.put(view.oid(), now);
    return now;
  }

  private Provenance of(Node definition, int depth) {
    try {
      return Following.of(definition, this, new Names(List.of(), true, Set.of()), depth);
    } catch (StackOverflowError e) {
      return Provenance.UNKNOWN; // views over views, each of them deep
    }
  }

  /** How many relations there are, for the log. */
  public int size() {
    return relations.size();
  }
}
