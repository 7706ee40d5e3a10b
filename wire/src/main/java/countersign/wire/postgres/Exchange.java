package countersign.wire.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asked and what it saw: one statement of a simple query, one execution of a portal,
 * or what came by itself.
 *
 * @param index from 0 in the order of the asking
 * @param micros when it was asked, µs since the session opened
 * @param endMicros when its last answer came, -1 while there is none
 * @param kind what it is
 * @param text the text asked; for the second and further results of one simple query empty. An
 *     execution of a statement that was prepared before the recording began has an empty text
 * @param binds bind values: text as it is, simple binary types decoded, other binary as {@code \x}
 *     hex; null stands for SQL NULL
 * @param columns columns of the rows, empty for none
 * @param rows rows as text in the same way, at most as many as the timeline was told to keep
 * @param rowCount how many rows came (for a COPY: how many CopyData messages)
 * @param truncated whether rows, values or text were left out or cut, here only and never in the
 *     recording
 * @param notices notices that came meanwhile
 * @param error the error it ended with
 * @param tag what the target said for success, such as {@code DELETE 1}; empty for none
 * @param status transaction status after it: {@code I}, {@code T}, {@code E}; empty when no
 *     ReadyForQuery followed yet
 */
public record Exchange(
    long index,
    long micros,
    long endMicros,
    Kind kind,
    String text,
    List<@Nullable String> binds,
    List<Column> columns,
    List<List<@Nullable String>> rows,
    long rowCount,
    boolean truncated,
    List<Report> notices,
    @Nullable Report error,
    String tag,
    String status) {

  /** What an exchange is. */
  public enum Kind {
    /** A simple query. */
    simple,
    /** Parse, Bind, Execute. */
    extended,
    /** A COPY in or out. */
    copy,
    /** A function call by OID. */
    function,
    /** Said by the target or the edge without being asked: notices, errors, the start. */
    unasked
  }

  /**
   * A column.
   *
   * @param type PostgreSQL's name of the type, else {@code oid:<number>}
   * @param format {@code text} or {@code binary}
   */
  public record Column(String name, int typeOid, String type, String format) {}

  /** An error or a notice. */
  public record Report(
      String severity, String code, String message, String detail, String hint, long micros) {}
}
