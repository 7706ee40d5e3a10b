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
  private boolean conforming = true;
  private boolean namesTrusted = true;

  /**
   * A statement.
   *
   * @param types declared parameter types
   * @param tainted whether something ran since that may have changed what the name stands for
   */
  record Prepared(String name, String text, List<Integer> types, Reading reading, boolean tainted) {
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
    Prepared prepared = new Prepared(name, text, types, read(text), false);
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
    if (found == null) {
      Reading nothing = new Reading(List.of(), Set.of(Effect.unknown), Facts.NONE, true);
      return new Prepared(name, "statement \"" + name + "\"", List.of(), nothing, true);
    }
    return new Prepared(name, found.text(), found.types(), read(found.text()), found.tainted());
  }

  void bind(String name, Portal portal) {
    portals.put(name, portal);
  }

  Portal portal(String name) {
    Portal found = portals.get(name);
    return found != null
        ? found
        : new Portal(
            new Prepared(
                "",
                "portal \"" + name + "\"",
                List.of(),
                new Reading(List.of(), Set.of(Effect.unknown), Facts.NONE, true),
                true),
            new byte[0],
            List.of());
  }

  void close(char kind, String name) {
    if (kind == 'S') {
      pending.remove(name);
      known.remove(name);
    } else {
      portals.remove(name);
    }
  }

  /** Something ran: what it may have done to names counts from now on. */
  void ran(Reading reading) {
    namesTrusted &= !reading.touchesNames();
    if (reading.effects().contains(Effect.unknown)) {
      known.replaceAll(
          (_, one) -> new Prepared(one.name(), one.text(), one.types(), one.reading(), true));
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
    if (!inTransaction) {
      portals.clear();
    }
  }
}
