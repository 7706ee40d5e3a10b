package countersign.edge.protocol.postgres;

import countersign.edge.grammar.Understood;
import countersign.operation.Effect;
import countersign.wire.postgres.sql.Provenance;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements and portals of a session, as the target knows them. What is prepared in a
 * unit that has not ended yet counts for the unit, and for good once the target says so. Confined
 * to the event loop.
 */
final class Statements {
  private static final int MOST_NAMED = 1_000;

  /** Most texts that one name is read again from. */
  private static final int MOST_TEXTS = 8;

  private final Map<String, Prepared> known = new HashMap<>();
  private final Map<String, Prepared> pending = new HashMap<>();

  /** Types of parameters that the target told, by the name of the statement. */
  private final Map<String, List<Integer>> parameters = new HashMap<>();

  private final Map<String, Portal> portals = new HashMap<>();
  private final Map<String, Portal> pendingPortals = new HashMap<>();

  /** What PREPARE and DECLARE gave a name to, all that ever had it taken together. */
  private final Map<String, Named> prepared = new HashMap<>();

  private final Map<String, Named> declared = new HashMap<>();
  private final Reads reads;

  /** Counts operations that may have changed what names stand for. */
  private long generation;

  Statements(Reads reads) {
    this.reads = reads;
  }

  /**
   * Effects that a name in SQL stands for, as of a generation.
   *
   * @param texts what is read again when a name of PREPARE is used, for the target plans it again
   */
  private record Named(
      Set<Effect> effects, Provenance shows, long generation, Set<Prepares> texts) {
    Named and(Named other) {
      EnumSet<Effect> all = EnumSet.noneOf(Effect.class);
      all.addAll(other.effects);
      all.addAll(effects);
      Set<Prepares> both = new LinkedHashSet<>(texts);
      both.addAll(texts.size() > MOST_TEXTS ? Set.of() : other.texts); // too many already
      return new Named(
          all, shows.or(other.shows), Math.min(generation, other.generation), Set.copyOf(both));
    }
  }

  /**
   * A PREPARE.
   *
   * @param tree of the whole text; null where it is not at hand any more
   * @param place which of its statements
   */
  private record Prepares(String text, @Nullable Understood tree, int place) {}

  /**
   * A statement.
   *
   * @param types declared parameter types
   * @param tree what its reading is made from again; null for a statement nobody prepared here
   * @param generation generation it was prepared in
   * @param tainted whether something ran since that may have changed what the name stands for
   */
  record Prepared(
      String name,
      String text,
      List<Integer> types,
      Reading reading,
      @Nullable Understood tree,
      long generation,
      boolean tainted) {
    /** The edge's own statement, when it is one. */
    Statement.@Nullable Own own() {
      return ownOf(reading);
    }

    Set<Effect> effects() {
      if (!tainted) {
        return reading.effects();
      }
      EnumSet<Effect> all = EnumSet.of(Effect.unknown);
      all.addAll(reading.effects());
      return all;
    }
  }

  /** A portal: a statement with its values. */
  static final class Portal {
    final Prepared statement;

    /** Its Bind's body after the names. */
    final byte[] bind;

    final List<@Nullable String> binds;

    /** Leave given ahead of its execution, for binding it; good for one execution. */
    Passage.@Nullable Passed ahead;

    /** Name it was bound under. */
    String name = "";

    /** What is known of its columns; null where nothing is masked. */
    @Nullable Described described;

    /** Generation it was bound in. */
    private long generation;

    Portal(Prepared statement, byte[] bind, List<@Nullable String> binds) {
      this.statement = statement;
      this.bind = bind;
      this.binds = binds;
    }
  }

  static Statement.@Nullable Own ownOf(Reading reading) {
    return reading.statements().size() == 1
            && reading.statements().getFirst() instanceof Statement.Own own
        ? own
        : null;
  }

  Reading read(String text) {
    return reads.read(text).in(this::preparedEffects, this::cursorEffects);
  }

  private Reading read(Prepared statement) {
    Understood tree = statement.tree();
    return tree == null
        ? statement.reading()
        : reads.typed(
            statement.types(),
            reads.read(statement.text(), tree).in(this::preparedEffects, this::cursorEffects));
  }

  /** What EXECUTE of a name does; null when nobody knows. */
  private @Nullable Set<Effect> preparedEffects(String name) {
    @Nullable Set<Effect> sql = effects(prepared.get(name));
    Prepared found = pending.getOrDefault(name, known.get(name));
    if (found == null) {
      return sql;
    }
    Set<Effect> protocol = statement(name).effects();
    if (sql == null) {
      return protocol;
    }
    EnumSet<Effect> both = EnumSet.noneOf(Effect.class);
    both.addAll(sql);
    both.addAll(protocol);
    return both;
  }

  /** What FETCH of a name does; null when nobody knows. */
  private @Nullable Set<Effect> cursorEffects(String name) {
    @Nullable Set<Effect> sql = effects(declared.get(name));
    if (!pendingPortals.containsKey(name) && !portals.containsKey(name)) {
      return sql;
    }
    Set<Effect> protocol = portal(name).statement.effects();
    if (sql == null) {
      return protocol;
    }
    EnumSet<Effect> both = EnumSet.noneOf(Effect.class);
    both.addAll(sql);
    both.addAll(protocol);
    return both;
  }

  private @Nullable Set<Effect> effects(@Nullable Named named) {
    if (named == null) {
      return null;
    }
    EnumSet<Effect> effects = EnumSet.noneOf(Effect.class);
    effects.addAll(named.effects());
    for (Prepares text : named.texts()) {
      Reading again = again(text, named);
      effects.addAll(
          again == null || text.place() >= again.statements().size()
              ? Set.of(Effect.unknown)
              : again.statements().get(text.place()).effects());
    }
    if (named.generation() < generation) {
      effects.add(Effect.unknown);
    }
    return effects;
  }

  /** What a PREPARE says by what names mean now; null when nobody knows. */
  private @Nullable Reading again(Prepares text, Named named) {
    Understood tree = text.tree();
    return tree == null || named.texts().size() > MOST_TEXTS ? null : reads.read(text.text(), tree);
  }

  /** What is shown by executing what a name of SQL stands for. */
  private Provenance shows(Named named) {
    Provenance all = named.shows();
    for (Prepares text : named.texts()) {
      Reading again = again(text, named);
      List<Provenance> now = again == null ? List.of() : again.traces().provenances();
      all = all.or(text.place() < now.size() ? now.get(text.place()) : Provenance.UNKNOWN);
    }
    return all;
  }

  Prepared prepare(String name, String text, List<Integer> types) {
    Prepared prepared = made(name, text, types);
    pending.put(name, prepared);
    parameters.remove(name);
    return prepared;
  }

  /** What the target said of a statement's parameters. */
  void described(String name, List<Integer> types) {
    if (known.containsKey(name)) {
      parameters.put(name, types);
    }
  }

  /** Types of a statement's parameters as far as anybody said them; 0 for one that nobody did. */
  List<Integer> parameterTypes(Prepared statement) {
    List<Integer> told = parameters.getOrDefault(statement.name(), List.of());
    return told.size() < statement.types().size() ? statement.types() : told;
  }

  /** The target took it. */
  void prepared(Prepared statement) {
    known.put(statement.name(), statement);
  }

  /** The statement of a name, read as of now; one that nobody prepared here is unknown. */
  Prepared statement(String name) {
    Prepared found = pending.getOrDefault(name, known.get(name));
    boolean renamed = named(prepared, name);
    return found == null || renamed // DEALLOCATE and PREPARE reach it, too
        ? unknown(name, "statement \"" + name + "\"")
        : new Prepared(
            name,
            found.text(),
            found.types(),
            read(found),
            found.tree(),
            found.generation(),
            found.generation() < generation);
  }

  /** Whether a name may have been given in SQL, where none is empty. */
  private static boolean named(Map<String, Named> names, String name) {
    return !name.isEmpty() && (names.containsKey(name) || names.size() >= MOST_NAMED);
  }

  private Prepared unknown(String name, String text) {
    return new Prepared(name, text, List.of(), Reading.unknown(), null, generation, true);
  }

  /** A statement with another text in its place, for one portal. */
  Prepared inPlaceOf(Prepared statement, String name, String text) {
    return made(name, text, statement.types());
  }

  private Prepared made(String name, String text, List<Integer> types) {
    return new Prepared(
        name,
        text,
        types,
        reads.typed(types, read(text)),
        reads.understood(text),
        generation,
        false);
  }

  void bind(String name, Portal portal) {
    portal.generation = generation;
    portal.name = name;
    pendingPortals.put(name, portal);
  }

  /** The target took it. */
  void bound(String name, Portal portal) {
    portals.put(name, portal);
  }

  Portal portal(String name) {
    Portal found = pendingPortals.getOrDefault(name, portals.get(name));
    boolean renamed = named(declared, name);
    if (found == null || renamed) { // CLOSE and DECLARE reach it, too
      return new Portal(unknown("", "portal \"" + name + "\""), new byte[0], List.of());
    }
    if (found.generation == generation) {
      return found;
    }
    Prepared was = found.statement;
    Prepared tainted =
        new Prepared(
            was.name(), was.text(), was.types(), was.reading(), was.tree(), was.generation(), true);
    Portal later = new Portal(tainted, found.bind, found.binds);
    later.name = found.name;
    later.described = found.described;
    return later;
  }

  void close(char kind, String name) {
    if (kind == 'S') {
      pending.remove(name);
      known.remove(name);
      parameters.remove(name);
    } else {
      pendingPortals.remove(name);
      portals.remove(name);
    }
  }

  /** Something ran: what it may have done to names counts from now on. */
  void ran(String text, Reading reading) {
    Understood tree = reads.understood(text);
    reads.ran(reading);
    if (reading.effects().contains(Effect.unknown) || reading.aftermath().changesCode()) {
      generation++;
    }
    for (int place = 0; place < reading.statements().size(); place++) {
      switch (reading.statements().get(place)) {
        case Statement.Prepare prepare ->
            name(
                prepared,
                prepare.name(),
                new Named(
                    Set.copyOf(prepare.effects()),
                    shows(reading, place),
                    generation,
                    Set.of(new Prepares(text, tree, place))));
        case Statement.Declare declare -> // planned now, whatever happens later
            name(
                declared,
                declare.name(),
                new Named(
                    Set.copyOf(declare.effects()), shows(reading, place), generation, Set.of()));
        default -> {}
      }
    }
  }

  private static Provenance shows(Reading reading, int place) {
    List<Provenance> all = reading.traces().provenances();
    return place < all.size() ? all.get(place) : Provenance.UNKNOWN;
  }

  /**
   * Where what a reading shows comes from. Names of what was prepared or declared are followed as
   * long as nothing ran in this session that may have given them another meaning.
   *
   * @return the very same list for the same reading where it asks for no such name
   */
  List<Provenance> traces(Reading reading) {
    List<Provenance> said = reading.traces().provenances();
    for (Provenance of : said) {
      if (!of.name().isEmpty()) {
        return said.stream().map(this::resolved).toList();
      }
    }
    return said;
  }

  private Provenance resolved(Provenance of) {
    Map<String, Named> names =
        switch (of.kind()) {
          case executes, explains -> taken(of.name(), known, pending) ? Map.of() : prepared;
          case fetches -> taken(of.name(), portals, pendingPortals) ? Map.of() : declared;
          case plain, prepares, declares, alters, stale -> Map.of();
        };
    Named found = of.name().isEmpty() ? null : names.get(of.name());
    if (found == null || generation > 0) {
      return of;
    }
    Provenance shows = shows(found);
    if (of.kind() == Provenance.Kind.explains || !of.flows().isEmpty()) {
      List<Provenance.Flow> flows = new ArrayList<>(shows.flows());
      flows.add(Provenance.Flow.away(shows.shown())); // CREATE TABLE AS EXECUTE
      return of.writing(of.flows().isEmpty() ? shows.flows() : flows).naming(shows.relations());
    }
    return shows;
  }

  private static boolean taken(String name, Map<String, ?> names, Map<String, ?> more) {
    return names.containsKey(name) || more.containsKey(name);
  }

  private void name(Map<String, Named> names, String name, Named now) {
    if (names.size() >= MOST_NAMED && !names.containsKey(name)) {
      return; // without a name it stays unknown
    }
    Named before = names.get(name);
    names.put(name, before == null ? now : before.and(now));
  }

  /** A simple Query drops the unnamed statement and portal. */
  void simpleQuery() {
    known.remove("");
    parameters.remove("");
    portals.remove("");
  }

  /** A unit ended; outside a transaction its portals are gone. */
  void unitEnded(boolean inTransaction) {
    reads.unitEnded(inTransaction);
    pending.clear();
    pendingPortals.clear();
    if (!inTransaction) {
      portals.clear();
    }
  }
}
