package countersign.wire.postgres.grammar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of every node type of PostgreSQL 15 to 17. Source: the type declarations that
 * libpg-query ships for its JSON ({@code @pgsql/types}), one line a type: {@code field} is a
 * scalar, {@code field*} holds nodes that say their type, {@code field:Type} holds nodes of that
 * type.
 */
final class Shapes {
  /** What a field holds when its nodes say their own type. */
  static final String SELF_DESCRIBED = "*";

  /** What a field holds that is no node. */
  static final String SCALAR = "";

  private static final Map<String, Map<String, String>> TYPES = load();

  private Shapes() {}

  /** Fields of a type; null for a type that is not known. */
  static @Nullable Map<String, String> of(String type) {
    return TYPES.get(type);
  }

  private static Map<String, Map<String, String>> load() {
    Map<String, Map<String, String>> types = new HashMap<>();
    try (InputStream in = Shapes.class.getResourceAsStream("nodes.txt")) {
      if (in == null) {
        throw new IllegalStateException("nodes.txt: missing (expected: packaged beside the class)");
      }
      String all = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      all.lines()
          .forEach(line -> {
            String[] words = line.split(" ");
            Map<String, String> fields = new HashMap<>();
            for (int i = 1; i < words.length; i++) {
              String word = words[i];
              int colon = word.indexOf(':');
              if (word.endsWith("*")) {
                fields.put(word.substring(0, word.length() - 1), SELF_DESCRIBED);
              } else if (colon > 0) {
                fields.put(word.substring(0, colon), word.substring(colon + 1).intern());
              } else {
                fields.put(word, SCALAR);
              }
            }
            types.put(words[0].intern(), fields);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return types;
  }
}
