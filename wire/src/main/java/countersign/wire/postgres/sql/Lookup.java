package countersign.wire.postgres.sql;

import countersign.wire.postgres.sql.Catalogue.Relation;
import countersign.wire.postgres.sql.Catalogue.Thing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what a statement names and collects why it is not known to be harmless. Where PostgreSQL
 * would choose among several functions or operators by the types of their arguments, all of them
 * must be harmless. One use.
 */
final class Lookup {
  private final Source source;
  private final Names names;
  private final Set<String> problems = new LinkedHashSet<>();
  private final Set<Name> relations = new LinkedHashSet<>();
  private boolean missing;

  /** Where names are looked up. */
  interface Source {
    @Nullable Relation relation(Name full);

    List<Thing> functions(String name);

    List<Thing> operators(String name);

    List<Thing> types(String name);

    boolean builtInFunction(String name);

    boolean builtInOperator(String name);

    boolean builtInType(String name);

    /** Why a cast to a type is not harmless, empty when it is. */
    String castTo(String type);

    /** Why a name behind a dot may be a function, empty when it is none. */
    String rowFunction(String field);
  }

  Lookup(Source source, Names names) {
    this.source = source;
    this.names = names;
  }

  /** Why something named is not known to be harmless, in order; empty when all is. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Relations as they were found, those not found as they are written. */
  Set<Name> relations() {
    return relations;
  }

  /** Whether something named is not in the catalogue: it may be too old. */
  boolean missing() {
    return missing;
  }

  void check(Uses uses) {
    uses.writes.forEach(name -> relation(name, false));
    uses.reads.forEach(name -> relation(name, true));
    uses.functions.forEach(this::function);
    uses.operators.forEach(this::operator);
    uses.types.forEach(this::type);
  }

  /** In the text of a caller a name behind a dot may be a function of the row. */
  void checkFields(Uses uses) {
    for (String field : uses.fields) {
      problem(source.rowFunction(field));
    }
    uses.applied.forEach(this::applied);
  }

  /** {@code (x).f} is {@code f(x)} where x has no field f, whatever x is. */
  private void applied(String field) {
    Name name = new Name("", field);
    if (source.builtInFunction(field)
        && !Harmless.function(field)
        && !Harmless.TYPES.contains(field)) {
      problem("function " + shortened(name) + " is not listed");
    }
    if (!names.trusted()) {
      problem("names are not trusted in this session");
    }
    candidates(source.functions(field), name).forEach(thing -> problem(thing.problem()));
    candidates(source.types(field), name).forEach(thing -> problem(thing.problem()));
    problem(source.castTo(field));
  }

  private void problem(String why) {
    if (!why.isEmpty()) {
      problems.add(why);
    }
  }

  private void relation(Name name, boolean reads) {
    if (names.created().contains(name) || temporary(name)) {
      relations.add(name);
      if (!names.created().contains(name) && !names.created().contains(new Name("", name.name()))) {
        problem("temporary relation " + name.written());
      }
      Relation shadowed = name.qualified() ? null : find(name);
      if (reads && shadowed != null) {
        problem(shadowed.problem()); // once the table is gone, the name means this one
      }
      return;
    }
    if (!name.qualified() && !names.trusted()) {
      problem("names are not trusted in this session");
    }
    Relation found = find(name);
    if (found == null) {
      missing = true;
      relations.add(name);
      return;
    }
    relations.add(found.name());
    if (reads) {
      problem(found.problem());
    } else if (system(found.name().schema())) {
      problem("writes to the system's own " + found.name().written());
    }
  }

  static boolean temporary(Name name) {
    return name.schema().equals("pg_temp") || name.schema().startsWith("pg_temp_");
  }

  private static boolean system(String schema) {
    return schema.equals(Name.BUILT_IN) || schema.equals("information_schema");
  }

  private @Nullable Relation find(Name name) {
    if (name.qualified()) {
      return source.relation(name);
    }
    if (!names.path().contains(Name.BUILT_IN)) {
      Relation builtIn = source.relation(new Name(Name.BUILT_IN, name.name()));
      if (builtIn != null) {
        return builtIn;
      }
    }
    for (String schema : names.path()) {
      Relation found = source.relation(new Name(schema, name.name()));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Whether a name finds what is in a schema. */
  private boolean finds(Name name, Thing thing) {
    if (name.qualified()) {
      return thing.schema().equals(name.schema());
    }
    return thing.schema().equals(Name.BUILT_IN) || names.path().contains(thing.schema());
  }

  private boolean builtIn(Name name) {
    return !name.qualified() || name.schema().equals(Name.BUILT_IN);
  }

  private boolean doubted(Name name) {
    if (!name.qualified() && !names.trusted()) {
      problem("names are not trusted in this session");
      return true;
    }
    return false;
  }

  private List<Thing> candidates(List<Thing> all, Name name) {
    List<Thing> found = new ArrayList<>(0);
    for (Thing thing : all) {
      if (finds(name, thing)) {
        found.add(thing);
      }
    }
    return found;
  }

  private void function(Name name) {
    if (doubted(name)) {
      return;
    }
    boolean listed = builtIn(name) && Harmless.function(name.name());
    boolean known = listed;
    if (builtIn(name) && !listed && source.builtInFunction(name.name())) {
      boolean cast = Harmless.TYPES.contains(name.name());
      known = cast;
      if (!cast) {
        problem("function " + name.written() + " is not listed");
        return;
      }
    }
    if (name.schema().equals("information_schema") && name.name().startsWith("_pg_")) {
      return;
    }
    for (Thing candidate : candidates(source.functions(name.name()), name)) {
      known = true;
      problem(candidate.problem());
    }
    // A call with the name of a type and one argument is a cast.
    List<Thing> typed = candidates(source.types(name.name()), name);
    for (Thing type : typed) {
      problem(type.problem());
    }
    if (!typed.isEmpty() || !listed && builtIn(name) && source.builtInType(name.name())) {
      known = true;
      problem(source.castTo(name.name()));
    }
    if (Harmless.CASTS_TO_JSON.contains(name.name())) {
      problem(source.castTo("json"));
      problem(source.castTo("jsonb"));
    }
    if (!known) {
      missing = true;
      problem("function " + shortened(name) + " is not known");
    }
  }

  private static String shortened(Name name) {
    String written = name.written();
    return written.length() > 80 ? written.substring(0, 80) + "…" : written;
  }

  private void operator(Name name) {
    if (doubted(name)) {
      return;
    }
    boolean known = builtIn(name) && source.builtInOperator(spelled(name.name()));
    for (Thing candidate : candidates(source.operators(spelled(name.name())), name)) {
      known = true;
      problem(candidate.problem());
    }
    if (!known) {
      missing = true;
      problem("operator " + name.name() + " is not known");
    }
  }

  private static String spelled(String operator) {
    return operator.equals("!=") ? "<>" : operator;
  }

  private void type(Name name) {
    // The grammar itself writes pg_catalog before the types it names, so those are never doubted.
    if (doubted(name)) {
      return;
    }
    if (temporary(name) || names.created().contains(name)) {
      problem("a type of a table that the session made");
      return;
    }
    boolean known = builtIn(name) && source.builtInType(name.name());
    for (Thing candidate : candidates(source.types(name.name()), name)) {
      known = true;
      problem(candidate.problem());
    }
    problem(source.castTo(name.name()));
    if (!known) {
      missing = true;
      problem("type " + shortened(name) + " is not known");
    }
  }
}
