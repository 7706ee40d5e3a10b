package countersign.edge.protocol.postgres;

import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.wire.postgres.sql.Reading;
import countersign.wire.postgres.sql.SmallReading;
import countersign.wire.postgres.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
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
  private final Map<String, Prepared> known = new HashMap<>();
  private final Map<String, Prepared> pending = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private final Map<String, Portal> pendingPortals = new HashMap<>();

  /** Counts operations that may have changed what names stand for. */
  private long generation;

  private boolean conforming = true;
  private boolean namesTrusted = true;

  /**
   * A statement.
   *
   * @param types declared parameter types
   * @param generation generation it was prepared in
   * @param tainted whether something ran since that may have changed what the name stands for
   */
  record Prepared(
      String name,
      String text,
      List<Integer> types,
      Reading reading,
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
    final byte[] bind;
    final List<@Nullable String> binds;

    /** Leave given ahead of its execution, for binding it; good for one execution. */
    Passage.@Nullable Passed ahead;

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
    return SmallReading.read(text, conforming, namesTrusted);
  }

  void standardConformingStrings(boolean on) {
    conforming = on;
  }

  Prepared prepare(String name, String text, List<Integer> types) {
    Prepared prepared = new Prepared(name, text, types, read(text), generation, false);
    pending.put(name, prepared);
    return prepared;
  }

  /** The target took it. */
  void prepared(Prepared statement) {
    known.put(statement.name(), statement);
  }

  /** The statement of a name, read as of now; one that nobody prepared here is unknown. */
  Prepared statement(String name) {
    Prepared found = pending.getOrDefault(name, known.get(name));
    return found == null
        ? unknown(name, "statement \"" + name + "\"")
        : new Prepared(
            name,
            found.text(),
            found.types(),
            read(found.text()),
            found.generation(),
            found.generation() < generation);
  }

  private Prepared unknown(String name, String text) {
    Reading nothing = new Reading(List.of(), Set.of(Effect.unknown), Facts.NONE, true);
    return new Prepared(name, text, List.of(), nothing, generation, true);
  }

  void bind(String name, Portal portal) {
    portal.generation = generation;
    pendingPortals.put(name, portal);
  }

  /** The target took it. */
  void bound(String name, Portal portal) {
    portals.put(name, portal);
  }

  Portal portal(String name) {
    Portal found = pendingPortals.getOrDefault(name, portals.get(name));
    if (found == null) {
      return new Portal(unknown("", "portal \"" + name + "\""), new byte[0], List.of());
    }
    if (found.generation == generation) {
      return found;
    }
    Prepared was = found.statement;
    Prepared tainted =
        new Prepared(was.name(), was.text(), was.types(), was.reading(), was.generation(), true);
    return new Portal(tainted, found.bind, found.binds);
  }

  void close(char kind, String name) {
    if (kind == 'S') {
      pending.remove(name);
      known.remove(name);
    } else {
      pendingPortals.remove(name);
      portals.remove(name);
    }
  }

  /** Something ran: what it may have done to names counts from now on. */
  void ran(Reading reading) {
    namesTrusted &= !reading.touchesNames();
    if (reading.effects().contains(Effect.unknown)) {
      generation++;
    }
  }

  /** A simple Query drops the unnamed statement and portal. */
  void simpleQuery() {
    known.remove("");
    portals.remove("");
  }

  /** A unit ended; outside a transaction its portals are gone. */
  void unitEnded(boolean inTransaction) {
    pending.clear();
    pendingPortals.clear();
    if (!inTransaction) {
      portals.clear();
    }
  }
}
