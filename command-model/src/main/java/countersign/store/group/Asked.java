package countersign.store.group;

import countersign.store.Criterion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A criterion taken apart for SQL. The tag {@code session=…} is not stored; it asks for the event's
 * own session.
 *
 * @param session session asked for, null for any
 * @param tag first tag, empty for none
 * @param more other tags
 * @param types types, empty for any
 */
public record Asked(@Nullable UUID session, String tag, List<String> more, List<String> types) {
  /** Between the elements of a list that travels as one text; tags and types never hold it. */
  public static final String SEPARATOR = "\u001f";

  private static final String SESSION = "session=";
  private static final int LONGEST = 1_000;

  /**
   * Takes a criterion apart.
   *
   * @throws IllegalArgumentException if a tag could not have been stored, or the criterion names
   *     two sessions
   */
  public static Asked of(Criterion criterion) {
    UUID session = null;
    List<String> tags = new ArrayList<>();
    for (String tag : criterion.tags()) {
      if (!tag.startsWith(SESSION)) {
        tags.add(requireTag(tag));
      } else if (session == null) {
        session = UUID.fromString(tag.substring(SESSION.length()));
      } else {
        throw new IllegalArgumentException("tags: two sessions (expected: one at the most)");
      }
    }
    String first = tags.isEmpty() ? "" : tags.removeFirst();
    return new Asked(session, first, List.copyOf(tags), List.copyOf(criterion.types()));
  }

  /** Checks the tags of an event to store; returns them in order. */
  public static List<String> requireTags(Collection<String> tags) {
    if (tags.isEmpty()) {
      return List.of();
    }
    for (String tag : tags) {
      if (requireTag(tag).startsWith(SESSION)) {
        throw new IllegalArgumentException(
            "tag: " + tag + " (expected: another key; session is answered by the event itself)");
      }
    }
    return tags.stream().sorted().toList();
  }

  /** A longer one does not fit into PostgreSQL's index, a control character not into its text. */
  private static String requireTag(String tag) {
    if (tag.length() > LONGEST
        || tag.indexOf('=') < 1
        || tag.chars().anyMatch(c -> c < ' ' || Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(
          "tag: of length "
              + tag.length()
              + " (expected: key=value, at most 1,000 characters, no control characters)");
    }
    return tag;
  }

  /** Whether it can be fulfilled by events of any tag and session. */
  boolean wide() {
    return session == null && tag.isEmpty();
  }
}
