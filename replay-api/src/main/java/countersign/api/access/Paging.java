package countersign.api.access;

import countersign.view.Page;
import jakarta.ws.rs.QueryParam;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameters that every list takes. */
public class Paging {
  private static final int STANDARD = 50;

  @Parameter(description = "Rows of a page, 1 to 500; 50 when absent")
  @QueryParam("limit")
  @Nullable String limit;

  @Parameter(description = "next of the page before")
  @QueryParam("cursor")
  @Nullable String cursor;

  @Parameter(description = "Field to sort by, with - before it for descending")
  @QueryParam("sort")
  @Nullable String sort;

  /** Which page is wanted. */
  public Page.Request request() {
    return new Page.Request(
        limit == null ? STANDARD : number("limit", limit),
        cursor == null || cursor.isEmpty() ? null : cursor,
        sort == null ? "" : sort);
  }

  /** Keeps the filters that were given. */
  public static Map<String, String> filter(String name, @Nullable String value) {
    Map<String, String> filter = new HashMap<>();
    if (value != null && value.indexOf('\u0000') >= 0) {
      throw new IllegalArgumentException(name + ": (expected: text without U+0000)");
    }
    if (value != null && !value.isEmpty()) {
      filter.put(name, value);
    }
    return filter;
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + text + " (expected: a number)", e);
    }
  }
}
