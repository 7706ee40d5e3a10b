package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.operation.Facts;
import java.util.List;
import java.util.Set;

/** Reads what SQL does. Pure, thread-safe, linear time. */
public final class SmallReading {
  /** Name and version of this reading in the facts. */
  public static final String GRAMMAR = "small-reading/1";

  private SmallReading() {}

  /** Reads a text of a session in which names still mean what they meant at its beginning. */
  public static Reading read(String sql, boolean standardConformingStrings) {
    return read(sql, standardConformingStrings, true);
  }

  /**
   * Reads a text.
   *
   * @param standardConformingStrings the session's setting
   * @param namesTrusted false once a {@link Reading#touchesNames} has run: every function is
   *     unknown
   */
  public static Reading read(String sql, boolean standardConformingStrings, boolean namesTrusted) {
    Statement.Unknown all = new Statement.Unknown(sql, Set.of(Effect.unknown), "not read yet");
    return new Reading(
        List.of(all), all.effects(), new Facts(GRAMMAR, List.of(sql), List.of(), List.of()), true);
  }
}
