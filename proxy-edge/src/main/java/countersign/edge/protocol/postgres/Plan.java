package countersign.edge.protocol.postgres;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a target's planner says of a statement.
 *
 * @param rows rows it expects to read, or to touch where the statement changes rows
 * @param text the plan as EXPLAIN writes it, at most 16 KiB
 */
record Plan(long rows, String text) {
  private static final int MOST_CHARS = 16 << 10;

  /** A node of the plan; only the first line of a node names costs. */
  private static final Pattern NODE =
      Pattern.compile("\\(cost=\\S+ rows=([0-9]{1,18}) width=\\d+\\)");

  /** Changes rows and returns none, so its own count is 0: what it gets counts. */
  private static final Pattern CHANGES =
      Pattern.compile("^\\s*(?:->\\s+)?(?:Insert|Update|Delete|Merge) on ");

  /**
   * Reads EXPLAIN's lines.
   *
   * @return empty when there is no plan in them
   */
  static Optional<Plan> read(List<String> lines) {
    for (String line : lines) {
      Matcher node = NODE.matcher(line);
      if (node.find() && !CHANGES.matcher(line).find()) {
        String text = String.join("\n", lines);
        return Optional.of(
            new Plan(
                Long.parseLong(node.group(1)),
                text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "…"));
      }
    }
    return Optional.empty();
  }
}
