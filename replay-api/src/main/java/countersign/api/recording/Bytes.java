package countersign.api.recording;

import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A range of bytes of one direction (RFC 9110 §14.1.2).
 *
 * @param from first byte
 * @param to last byte, inclusive; less than {@code from} when there is nothing
 * @param partial whether a range was asked for
 */
public record Bytes(long from, long to, boolean partial) {
  /** How many. */
  public long length() {
    return to - from + 1;
  }

  /**
   * Reads a Range header.
   *
   * @param header the header, null for none; several ranges, or what is no range, mean everything
   * @param total bytes there are
   * @throws ProblemException {@code rangeNotSatisfiable} when the range begins behind the end
   */
  public static Bytes of(@Nullable String header, long total) {
    Bytes everything = new Bytes(0, total - 1, false);
    if (header == null || !header.startsWith("bytes=") || header.indexOf(',') >= 0) {
      return everything;
    }
    String range = header.substring("bytes=".length()).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return everything;
    }
    try {
      if (dash == 0) {
        long last = Long.parseLong(range.substring(1));
        return within(Math.max(0, total - last), total - 1, total, last > 0);
      }
      long from = Long.parseLong(range.substring(0, dash));
      String end = range.substring(dash + 1);
      long to = end.isEmpty() ? total - 1 : Math.min(total - 1, Long.parseLong(end));
      if (!end.isEmpty() && Long.parseLong(end) < from) {
        return everything;
      }
      return within(from, to, total, from >= 0);
    } catch (NumberFormatException e) {
      return everything;
    }
  }

  private static Bytes within(long from, long to, long total, boolean there) {
    if (!there || from >= total) {
      throw new ProblemException(
          Problem.Kind.rangeNotSatisfiable, "Range: (expected: within 0 to " + (total - 1) + ")");
    }
    return new Bytes(from, to, true);
  }
}
