package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.operation.Facts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text as it was read. Immutable, thread-safe.
 *
 * @param statements the statements in the order they run; empty for an empty text. A text that
 *     cannot be read is one {@link Statement.Unknown}
 * @param effects union of the statements' effects
 * @param facts statements, relations and functions, relations with the schema they were found in
 * @param aftermath what holds no longer once it has run
 * @param missing whether it names something that the catalogue does not have, which may be too old
 * @param traces where what its statements show comes from
 */
public record Reading(
    List<Statement> statements,
    Set<Effect> effects,
    Facts facts,
    Aftermath aftermath,
    boolean missing,
    Traces traces) {
  public Reading {
    statements = List.copyOf(statements);
    effects = Set.copyOf(effects);
  }

  /**
   * What a text leaves behind.
   *
   * @param touchesNames whether names in this session may mean something else: it steers the
   *     session or runs code that could
   * @param changesCode whether it changes code that names stand for, seen by all once it commits
   * @param changesTables whether it makes or changes tables
   * @param creates the plain tables it makes
   */
  public record Aftermath(
      boolean touchesNames, boolean changesCode, boolean changesTables, Set<Name> creates) {
    /** Everything may be different. */
    public static final Aftermath ANYTHING = new Aftermath(true, true, true, Set.of());

    public Aftermath {
      creates = Set.copyOf(creates);
    }

    /** Whether the catalogue is another once it has run. */
    public boolean changesCatalogue() {
      return touchesNames || changesCode || changesTables;
    }
  }

  /** A reading of what nobody can read. */
  public static Reading unknown() {
    return new Reading(
        List.of(), Set.of(Effect.unknown), Facts.NONE, Aftermath.ANYTHING, false, Traces.UNKNOWN);
  }

  /** The same reading, when something besides the text may run code nobody foresees. */
  public Reading unforeseen() {
    EnumSet<Effect> all = EnumSet.of(Effect.unknown);
    all.addAll(effects);
    return new Reading(statements, all, facts, Aftermath.ANYTHING, missing, traces.doubted());
  }

  /** Whether it reads and does nothing else: what may run in a read-only transaction. */
  public boolean onlyReads() {
    return effects.equals(EnumSet.of(Effect.read));
  }

  /** Whether there is nothing in it: an empty query. */
  public boolean isEmpty() {
    return statements.isEmpty();
  }

  /** Whether what it does depends on what the session prepared or declared before. */
  public boolean asksSession() {
    for (Statement statement : statements) {
      if (statement instanceof Statement.Execute || statement instanceof Statement.Fetch) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same reading in a session that knows its prepared statements and cursors. What the text
   * itself prepares or declares counts for what follows in it.
   *
   * @param prepared effects of a prepared statement by name, null when it is not known
   * @param cursors effects of fetching from a cursor by name, null when it is not known
   */
  public Reading in(
      Function<String, @Nullable Set<Effect>> prepared,
      Function<String, @Nullable Set<Effect>> cursors) {
    if (!asksSession()) {
      return this;
    }
    Set<Effect> all = EnumSet.noneOf(Effect.class);
    java.util.Map<String, Set<Effect>> newlyPrepared = new java.util.HashMap<>();
    java.util.Map<String, Set<Effect>> newlyDeclared = new java.util.HashMap<>();
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Prepare(String name, String _, Set<Effect> does, boolean _) ->
            newlyPrepared.put(name, does);
        case Statement.Declare(String name, String _, Set<Effect> does) ->
            newlyDeclared.put(name, does);
        case Statement.Execute(String name, String _, Set<Effect> besides) -> {
          all.addAll(besides);
          all.addAll(known(newlyPrepared.get(name), prepared.apply(name)));
          continue;
        }
        case Statement.Fetch(String name, String _) -> {
          all.add(Effect.read);
          all.addAll(known(newlyDeclared.get(name), cursors.apply(name)));
          continue;
        }
        default -> {}
      }
      all.addAll(statement.effects());
    }
    Aftermath after =
        all.contains(Effect.unknown) || all.contains(Effect.program)
            ? Aftermath.ANYTHING
            : aftermath;
    return new Reading(statements, all, facts, after, missing, traces);
  }

  private static Set<Effect> known(@Nullable Set<Effect> here, @Nullable Set<Effect> before) {
    return here != null ? here : before != null ? before : Set.of(Effect.unknown);
  }
}
