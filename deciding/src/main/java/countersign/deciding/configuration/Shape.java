package countersign.deciding.configuration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What may stand at a place of the file. {@link Table} is written in these; the reader and the JSON
 * Schema both come from it.
 */
sealed interface Shape {

  /** A text of a form. */
  record Text(Form form) implements Shape {}

  /** A whole number within bounds, both included. */
  record Number(long least, long most) implements Shape {}

  /** One of some words; {@code later} are known already and come with a release. */
  record Choice(List<String> words, Map<String, Release> later) implements Shape {}

  /** Only {@code false} in this release. */
  record Off(String why) implements Shape {}

  /** A list that is not empty. */
  record Many(Shape each) implements Shape {}

  /** One text, or a list. */
  record TextOrMany(Text text, Many many) implements Shape {}

  /** One text, or keys and values. */
  record TextOrKeyed(Text text, Keyed keyed) implements Shape {}

  /** Keys and values; {@code tells} is the key whose later word makes the rest late as well. */
  record Keyed(List<Key> keys, String tells) implements Shape {
    Optional<Key> key(String name) {
      return keys.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    List<String> names() {
      return keys.stream().filter(key -> !(key.shape() instanceof Later)).map(Key::name).toList();
    }
  }

  /** Comes with a release. */
  record Later(Release release) implements Shape {}

  /**
   * A key.
   *
   * @param words one line for readers of the schema
   */
  record Key(String name, Shape shape, boolean required, String words) {}
}
