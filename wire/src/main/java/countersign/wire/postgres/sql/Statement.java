package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import java.util.EnumSet;
import java.util.Set;

/**
 * One statement as it was read. {@code text} is exactly its part of the whole, without the
 * semicolon.
 */
public sealed interface Statement {

  /** Exactly its part of the text, surrounding blanks and comments removed. */
  String text();

  /** What it does; empty for transaction control and harmless settings. */
  Set<Effect> effects();

  /**
   * A statement that does something to data, schema or rights.
   *
   * @param kind what it is
   * @param why why {@code effects} holds {@code unknown}, empty otherwise; names no literal
   */
  record Plain(Kind kind, String text, Set<Effect> effects, String why) implements Statement {
    public Plain {
      effects = Set.copyOf(effects);
    }
  }

  /** Kinds of {@link Plain}. */
  enum Kind {
    select,
    show,
    explain,
    insert,
    update,
    delete,
    merge,
    truncate,
    maintenance,
    steering,
    schema,
    privilege,
    copyIn,
    copyOut,
    copyFile
  }

  /**
   * Transaction control.
   *
   * @param access what it says of the access mode
   */
  record Transaction(Verb verb, Access access, String text) implements Statement {
    @Override
    public Set<Effect> effects() {
      return access == Access.readWrite ? Set.of(Effect.session) : Set.of();
    }
  }

  /** What a {@link Transaction} does. */
  enum Verb {
    begin,
    commit,
    rollback,
    savepoint,
    release,
    rollbackTo
  }

  /** Access mode that a BEGIN names. */
  enum Access {
    unsaid,
    readOnly,
    readWrite
  }

  /**
   * A SET or RESET of the published harmless list.
   *
   * @param name the setting in lower case
   */
  record Setting(String name, String text) implements Statement {
    /** Name of a setting that makes the transactions that follow read-only. */
    public static final String READ_ONLY = "transactions that follow: read only";

    /** Name of a setting that gives the transactions that follow their default mode. */
    public static final String MODE_DEFAULT = "transactions that follow: default mode";

    /**
     * Whether the meaning of names or texts depends on a setting.
     *
     * @param setting its name in lower case
     */
    public static boolean touchesNames(String setting) {
      return SettingStatement.NAMES.contains(setting);
    }

    @Override
    public Set<Effect> effects() {
      return Set.of();
    }
  }

  /**
   * {@code SET/SHOW/RESET countersign.*} alone in its text: answered by the edge, never sent on.
   *
   * @param name without {@code countersign.}, in lower case
   * @param value what is to be set; empty for show and reset
   */
  record Own(OwnVerb verb, String name, String value, String text) implements Statement {
    @Override
    public Set<Effect> effects() {
      return Set.of();
    }
  }

  /** What {@link Own} asks. */
  enum OwnVerb {
    set,
    show,
    reset
  }

  /**
   * PREPARE: nothing runs yet, and what is prepared will run without its text.
   *
   * @param name its name
   * @param effects what it will do
   * @param plain whether it is a query or changes rows, as PREPARE wants
   */
  record Prepare(String name, String text, Set<Effect> effects, boolean plain)
      implements Statement {
    public Prepare {
      effects = Set.copyOf(effects);
    }
  }

  /**
   * EXECUTE, EXPLAIN ANALYZE EXECUTE, CREATE TABLE AS EXECUTE: does what was prepared.
   *
   * @param besides what it does besides what was prepared
   */
  record Execute(String name, String text, Set<Effect> besides) implements Statement {
    public Execute {
      besides = Set.copyOf(besides);
    }

    @Override
    public Set<Effect> effects() {
      Set<Effect> all = EnumSet.of(Effect.unknown);
      all.addAll(besides);
      return all;
    }
  }

  /** DEALLOCATE; an empty name stands for all. */
  record Deallocate(String name, String text) implements Statement {
    @Override
    public Set<Effect> effects() {
      return Set.of();
    }
  }

  /** DECLARE of a cursor: its query runs as it is fetched. */
  record Declare(String name, String text, Set<Effect> effects) implements Statement {
    public Declare {
      effects = Set.copyOf(effects);
    }
  }

  /** FETCH or MOVE: runs a cursor's query further. */
  record Fetch(String name, String text) implements Statement {
    @Override
    public Set<Effect> effects() {
      return Set.of(Effect.unknown);
    }
  }

  /** CLOSE of a cursor; an empty name stands for all. */
  record Close(String name, String text) implements Statement {
    @Override
    public Set<Effect> effects() {
      return Set.of();
    }
  }

  /**
   * Not understood, or known to do what nobody can foresee.
   *
   * @param why what stands in the way; names no literal
   */
  record Unknown(String text, Set<Effect> effects, String why) implements Statement {
    public Unknown {
      effects = Set.copyOf(effects);
    }
  }
}
