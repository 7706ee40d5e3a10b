package countersign.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param items rows in order
 * @param next opaque cursor of the following page, null when this is the last
 */
public record Page<T>(List<T> items, @Nullable String next) {
  /**
   * Which page is wanted.
   *
   * @param limit 1 to 500
   * @param cursor {@link Page#next} of the page before, null for the first
   * @param sort field name, with {@code -} before it for descending; empty for the list's own order
   */
  public record Request(int limit, @Nullable String cursor, String sort) {
    public Request {
      if (limit < 1 || limit > 500) {
        throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to 500)");
      }
    }
  }
}
