package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.grammar.Parse;
import countersign.wire.postgres.sql.Catalogue.Column;
import countersign.wire.postgres.sql.Catalogue.Relation;
import countersign.wire.postgres.sql.Catalogue.Thing;
import countersign.wire.postgres.sql.CatalogueRows.CastRow;
import countersign.wire.postgres.sql.CatalogueRows.Expression;
import countersign.wire.postgres.sql.CatalogueRows.FunctionRow;
import countersign.wire.postgres.sql.CatalogueRows.RelationRow;
import countersign.wire.postgres.sql.CatalogueRows.TypeRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Judges a catalogue: functions first, then types, then relations by their definitions. */
final class CatalogueJudgement {
  /** Deepest nesting of views over views. */
  private static final int DEEPEST = 64;

  final CatalogueRows rows;
  final Map<Name, Relation> relations = new HashMap<>();
  final Map<String, List<Thing>> functions = new HashMap<>();
  final Map<String, List<Thing>> operators = new HashMap<>();
  final Map<String, List<Thing>> types = new HashMap<>();
  final Map<String, String> castsTo = new HashMap<>();
  final Map<String, String> rowFunctions = new HashMap<>();

  /** Definitions of views and materialized views. */
  final Map<Integer, Analysed> definitions = new HashMap<>();

  private final Function<String, Parse> grammar;
  private final Map<Integer, String> functionProblems = new HashMap<>();
  private final Map<Integer, TypeRow> typeRows = new HashMap<>();
  private final Map<Integer, String> typeProblems = new HashMap<>();
  private final Map<Integer, List<Column>> columns = new LinkedHashMap<>();
  private final Map<Integer, List<String>> expressions = new HashMap<>();
  private final Map<Integer, List<String>> checks = new HashMap<>();

  /** Why values of a type run code that no statement names: implicit casts, sorting, hashing. */
  private final Map<Integer, String> implicit = new HashMap<>();

  private final Map<Integer, Set<String>> planned = new HashMap<>();
  private final Set<Integer> foreign = new HashSet<>();
  private final Map<Name, RelationRow> relationRows = new HashMap<>();
  private final Set<Name> underWay = new HashSet<>();

  /** Whether a relation was met that is still being judged: then nothing inner is final. */
  private boolean circle;

  CatalogueJudgement(CatalogueRows rows, Function<String, Parse> grammar) {
    this.rows = rows;
    this.grammar = grammar;
    judgeFunctions();
    judgeOperators();
    judgeCasts();
    judgeClasses();
    prepareRelations();
    preparePlans();
    judgeTypes();
    rows.relations.forEach(row -> relation(row.name()));
  }

  private void judgeFunctions() {
    for (FunctionRow row : rows.functions) {
      boolean harmless =
          row.rangeConstructor() && row.language().equals("internal")
              || Harmless.EXTENSIONS.contains(row.extension())
                  && row.language().equals("c")
                  && row.volatility() != 'v';
      String problem = harmless ? "" : "function " + row.name().written() + " is not listed";
      functionProblems.put(row.oid(), problem);
      put(functions, row.name(), problem);
      if (row.ofRow() && !harmless) {
        rowFunctions.put(row.name().name(), problem);
      }
    }
  }

  private static void put(Map<String, List<Thing>> things, Name name, String problem) {
    things
        .computeIfAbsent(name.name(), _ -> new ArrayList<>())
        .add(new Thing(name.schema(), problem));
  }

  private void judgeOperators() {
    for (List<@Nullable String> row : rows.operators) {
      Name name = new Name(CatalogueRows.text(row, 0), CatalogueRows.text(row, 1));
      String problem = functionProblems.getOrDefault(CatalogueRows.number(row, 2), "");
      put(operators, name, problem.isEmpty() ? "" : "operator " + name.name() + ": " + problem);
    }
  }

  private void judgeCasts() {
    for (CastRow row : rows.casts) {
      String problem = functionProblems.getOrDefault(row.function(), "");
      if (!problem.isEmpty()) {
        castsTo.put(row.targetName().name(), "cast: " + problem);
        if (row.context() == 'i') {
          implicit.put(row.source(), "implicit cast: " + problem);
        }
      }
    }
  }

  private void judgeClasses() {
    Map<Integer, String> languages = new HashMap<>();
    rows.functions.forEach(row -> languages.put(row.oid(), row.language()));
    Map<Integer, String> problems = new HashMap<>();
    for (CatalogueRows.ClassRow row : rows.classes) {
      String problem = functionProblems.getOrDefault(row.function(), "");
      // Code in C came with an extension that somebody installed for its types.
      if (!problem.isEmpty() && !"c".equals(languages.get(row.function()))) {
        problems.put(row.oid(), "operator class: " + problem);
        if (row.standard()) {
          implicit.put(row.type(), "operator class: " + problem);
          castsTo.putIfAbsent(row.typeName(), "operator class: " + problem);
        }
      }
    }
    for (int[] row : rows.rangeClasses) {
      String problem = problems.getOrDefault(row[1], "");
      if (!problem.isEmpty()) {
        implicit.put(row[0], problem);
      }
    }
  }

  /** Reading a table plans with its own expressions and those of all that inherit from it. */
  private void preparePlans() {
    for (Expression one : rows.planned) {
      Set<String> texts = planned.computeIfAbsent(one.of(), _ -> new LinkedHashSet<>());
      if (one.first() != null) {
        texts.add(one.first());
      }
      if (one.second() != null) {
        texts.add(one.second());
      }
    }
    rows.relations.stream().filter(r -> r.kind() == 'f').forEach(r -> foreign.add(r.oid()));
    boolean changed = true;
    for (int round = 0; changed && round < DEEPEST; round++) {
      changed = false;
      for (int[] row : rows.inherits) {
        Set<String> child = planned.getOrDefault(row[1], Set.of());
        if (!child.isEmpty()) {
          changed |= planned.computeIfAbsent(row[0], _ -> new LinkedHashSet<>()).addAll(child);
        }
        changed |= foreign.contains(row[1]) && foreign.add(row[0]);
      }
    }
  }

  private void prepareRelations() {
    for (List<@Nullable String> row : rows.columns) {
      columns
          .computeIfAbsent(CatalogueRows.number(row, 0), _ -> new ArrayList<>())
          .add(
              new Column(
                  CatalogueRows.text(row, 1),
                  CatalogueRows.number(row, 2),
                  CatalogueRows.number(row, 3)));
    }
    rows.policies.forEach(one -> add(expressions, one));
    rows.generated.forEach(one -> add(expressions, one));
    rows.domains.forEach(one -> add(checks, one));
    rows.relations.forEach(row -> relationRows.put(row.name(), row));
  }

  /** Generated columns with the columns of their row that they are computed from. */
  List<Catalogue.Computed> computed() {
    List<Catalogue.Computed> all = new ArrayList<>();
    for (CatalogueRows.ComputedRow row : rows.computed) {
      List<Column> near = columns.getOrDefault(row.relation(), List.of());
      Set<String> named = row.expression() == null ? null : named(row.expression());
      Set<Integer> from = new HashSet<>();
      near.stream()
          .filter(column -> named == null || named.contains(column.name()))
          .forEach(column -> from.add(column.number()));
      from.remove(row.number());
      all.add(new Catalogue.Computed(row.relation(), row.number(), from));
    }
    return all;
  }

  /** Types whose values are rows of a relation, or hold some: arrays, domains, ranges. */
  Map<Integer, Integer> rowTypes() {
    Map<Integer, Integer> all = new HashMap<>();
    for (TypeRow row : rows.types) {
      int relation = rowType(row, 0);
      if (relation != 0) {
        all.put(row.oid(), relation);
      }
    }
    return all;
  }

  private int rowType(TypeRow row, int depth) {
    if (row.relation() != 0 || depth > DEEPEST) {
      return row.relation();
    }
    for (int part : new int[] {row.base(), row.element(), row.subtype()}) {
      TypeRow inner = part == 0 ? null : typeRows.get(part);
      int relation = inner == null ? 0 : rowType(inner, depth + 1);
      if (relation != 0) {
        return relation;
      }
    }
    return 0;
  }

  /** Last parts of all names of columns in an expression; null when it cannot be read. */
  private @Nullable Set<String> named(String expression) {
    if (!(grammar.apply("SELECT " + expression) instanceof Parse.Tree tree)) {
      return null;
    }
    Set<String> names = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(tree.statements());
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (node.is("ColumnRef")) {
        List<String> parts = node.strings("fields");
        if (parts.size() != node.nodes("fields").size() || parts.isEmpty()) {
          return null; // a star
        }
        names.add(parts.getLast());
      }
      node.forEachChild(open::push);
    }
    return names;
  }

  private static void add(Map<Integer, List<String>> all, Expression one) {
    List<String> texts = all.computeIfAbsent(one.of(), _ -> new ArrayList<>());
    if (one.first() != null) {
      texts.add(one.first());
    }
    if (one.second() != null) {
      texts.add(one.second());
    }
  }

  private void judgeTypes() {
    rows.types.forEach(row -> typeRows.put(row.oid(), row));
    // A check may name types itself, and those are looked up as they are known by then.
    for (int round = 0; round < 2; round++) {
      typeProblems.clear();
      types.clear();
      for (TypeRow row : rows.types) {
        put(types, row.name(), typeProblem(row.oid(), 0));
      }
    }
  }

  private String typeProblem(int oid, int depth) {
    TypeRow row = typeRows.get(oid);
    if (row == null) {
      return "";
    }
    String known = typeProblems.get(oid);
    if (known != null) {
      return known;
    }
    if (depth > DEEPEST) {
      return "type nested too deep";
    }
    typeProblems.put(oid, "");
    String problem = ownTypeProblem(row, depth);
    typeProblems.put(oid, problem);
    return problem;
  }

  private String ownTypeProblem(TypeRow row, int depth) {
    for (int code : row.code()) {
      String problem = functionProblems.getOrDefault(code, "");
      if (!problem.isEmpty()) {
        return "type " + row.name().written() + ": " + problem;
      }
    }
    String unseen = implicit.getOrDefault(row.oid(), "");
    if (!unseen.isEmpty()) {
      return unseen;
    }
    for (String check : checks.getOrDefault(row.oid(), List.of())) {
      String problem = expressionProblem(check, depth);
      if (!problem.isEmpty()) {
        return "domain " + row.name().written() + ": " + problem;
      }
    }
    for (int part : new int[] {row.base(), row.element(), row.subtype()}) {
      String problem = typeProblem(part, depth + 1);
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    for (Column column : columns.getOrDefault(row.relation(), List.of())) {
      String problem = typeProblem(column.type(), depth + 1);
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  /** The problem of reading a relation; it is judged when it was not yet. */
  private @Nullable Relation relation(Name name) {
    Relation known = relations.get(name);
    if (known != null) {
      return known;
    }
    RelationRow row = relationRows.get(name);
    if (row == null) {
      return null;
    }
    List<Column> all = columns.getOrDefault(row.oid(), List.of());
    if (!underWay.add(name)) {
      circle = true;
      return new Relation(name, row.oid(), row.kind(), "", all); // judged further out
    }
    String problem =
        underWay.size() > DEEPEST ? "views nested too deep" : relationProblem(row, all);
    underWay.remove(name);
    circle &= !underWay.isEmpty();
    Relation judged = new Relation(name, row.oid(), row.kind(), problem, List.copyOf(all));
    if (!circle || !problem.isEmpty()) {
      relations.put(name, judged);
    }
    return judged;
  }

  private String relationProblem(RelationRow row, List<Column> all) {
    if (Harmless.NOT_READ.contains(row.name().name()) && row.oid() > 0 && row.oid() < 16_384) {
      return row.name().written() + " holds secrets or reads files of the server";
    }
    if (foreign.contains(row.oid())) {
      return "foreign table " + row.name().written();
    }
    for (Column column : all) {
      String unseen = implicitProblem(column.type(), 0);
      if (!unseen.isEmpty()) {
        return unseen;
      }
    }
    for (String expression : planned.getOrDefault(row.oid(), Set.of())) {
      String problem = planProblem(expression);
      if (!problem.isEmpty()) {
        return row.name().written() + ": " + problem;
      }
    }
    String definition = row.definition();
    if (definition != null && row.kind() == 'm') {
      definitions.put(row.oid(), analysed(definition)); // it does not run, but says whence its rows
    } else if (definition != null) {
      Analysed analysed = analysed(definition);
      definitions.put(row.oid(), analysed);
      String problem = queryProblem(analysed);
      if (!problem.isEmpty()) {
        return "view " + row.name().written() + ": " + problem;
      }
    }
    for (String expression : expressions.getOrDefault(row.oid(), List.of())) {
      String problem = expressionProblem(expression, 0);
      if (!problem.isEmpty()) {
        return row.name().written() + ": " + problem;
      }
    }
    return "";
  }

  /** Why values of a type, or parts of them, run code that no statement names. */
  private String implicitProblem(int type, int depth) {
    String own = implicit.getOrDefault(type, "");
    TypeRow row = typeRows.get(type);
    if (!own.isEmpty() || row == null || depth > DEEPEST) {
      return own;
    }
    for (int part : new int[] {row.base(), row.element(), row.subtype()}) {
      String problem = part == 0 ? "" : implicitProblem(part, depth + 1);
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  /** Why planning with an expression of a table may run code; empty when it runs none. */
  private String planProblem(String expression) {
    Parse parse = grammar.apply("SELECT " + expression);
    if (!(parse instanceof Parse.Tree tree) || tree.statements().size() != 1) {
      return "an expression of its indexes or checks cannot be read";
    }
    Folding folding = Folding.of(tree.statements().getFirst());
    Lookup lookup = new Lookup(new Judging(this), new Names(List.of(), true, Set.of()));
    lookup.check(folding.constant);
    if (!lookup.problems().isEmpty()) {
      return "planning computes " + lookup.problems().getFirst();
    }
    for (FunctionRow row : rows.functions) {
      String body = rows.bodies.get(row.oid());
      if (body != null && folding.called.contains(row.name()) && mentionsCode(row, body)) {
        return "planning unfolds function " + row.name().written();
      }
    }
    return "";
  }

  /** Whether the text of a function names, or may hide, anything that is not harmless. */
  private boolean mentionsCode(FunctionRow function, String body) {
    String text = body.toLowerCase(java.util.Locale.ROOT);
    if (text.contains("u&")) {
      return true;
    }
    for (Map.Entry<String, List<Thing>> operator : operators.entrySet()) {
      if (text.contains(operator.getKey()) && bad(operator.getValue())) {
        return true;
      }
    }
    for (String word : text.split("[^\\p{L}\\p{N}_$]+")) {
      if (!word.equalsIgnoreCase(function.name().name())
          && (bad(functions.getOrDefault(word, List.of()))
              || bad(types.getOrDefault(word, List.of())))) {
        return true;
      }
    }
    return false;
  }

  private static boolean bad(List<Thing> things) {
    return things.stream().anyMatch(thing -> !thing.problem().isEmpty());
  }

  /** Why using a type that is not built in is not known to be harmless, by its oid. */
  Map<Integer, String> typeProblems() {
    return typeProblems;
  }

  private String expressionProblem(String expression, int depth) {
    return depth > DEEPEST ? "nested too deep" : queryProblem("SELECT " + expression);
  }

  /** Why a query of a definition is not known to be harmless; empty when it is. */
  private String queryProblem(String query) {
    return queryProblem(analysed(query));
  }

  private Analysed analysed(String query) {
    return Analyse.analyse(query, grammar.apply(query));
  }

  private String queryProblem(Analysed analysed) {
    if (analysed.parts().size() != 1 || analysed.failure() != null) {
      return "its definition cannot be read";
    }
    Analysed.Part part = analysed.parts().getFirst();
    if (!part.statement().effects().equals(Set.of(Effect.read))) {
      return part.statement() instanceof Statement.Plain plain && !plain.why().isEmpty()
          ? plain.why()
          : "its definition does more than read";
    }
    Judging judging = new Judging(this);
    Lookup lookup = new Lookup(judging, new Names(List.of(), true, Set.of()));
    lookup.check(part.uses());
    return lookup.problems().isEmpty() ? "" : lookup.problems().getFirst();
  }

  /** Looks up in what is being judged. */
  record Judging(CatalogueJudgement judgement) implements Lookup.Source {
    @Override
    public @Nullable Relation relation(Name name) {
      return judgement.relation(name);
    }

    @Override
    public List<Thing> functions(String name) {
      return judgement.functions.getOrDefault(name, List.of());
    }

    @Override
    public List<Thing> operators(String name) {
      return judgement.operators.getOrDefault(name, List.of());
    }

    @Override
    public List<Thing> types(String name) {
      return judgement.types.getOrDefault(name, List.of());
    }

    @Override
    public boolean builtInFunction(String name) {
      return judgement.rows.builtInFunctions.contains(name);
    }

    @Override
    public boolean builtInOperator(String name) {
      return judgement.rows.builtInOperators.contains(name);
    }

    @Override
    public boolean builtInType(String name) {
      return judgement.rows.builtInTypes.contains(name);
    }

    @Override
    public String castTo(String type) {
      return judgement.castsTo.getOrDefault(type, "");
    }

    @Override
    public String rowFunction(String field) {
      return judgement.rowFunctions.getOrDefault(field, "");
    }
  }
}
