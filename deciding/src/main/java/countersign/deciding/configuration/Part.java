package countersign.deciding.configuration;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place of the file that has its shape, with where it stands. Wrong places are left out. */
sealed interface Part {

  /** Line from 1. */
  int line();

  /** Such as {@code targets[0].protect}. */
  String path();

  /** A text, word or choice. */
  record Text(int line, String path, String value) implements Part {}

  /** A whole number. */
  record Number(int line, String path, long value) implements Part {}

  /** A list. */
  record Items(int line, String path, List<Part> each) implements Part {

    /** The texts among the items. */
    List<Text> texts() {
      return each.stream().filter(Text.class::isInstance).map(Text.class::cast).toList();
    }
  }

  /**
   * Keys and values.
   *
   * @param values values that have their shape
   * @param written keys that stand there, with whatever value: none of them is absent
   */
  record Keys(int line, String path, Map<String, Part> values, Set<String> written)
      implements Part {

    @Nullable Part get(String key) {
      return values.get(key);
    }

    boolean has(String key) {
      return written.contains(key);
    }

    String text(String key, String otherwise) {
      return values.get(key) instanceof Text text ? text.value() : otherwise;
    }

    long number(String key, long otherwise) {
      return values.get(key) instanceof Number number ? number.value() : otherwise;
    }

    @Nullable Keys keys(String key) {
      return values.get(key) instanceof Keys keys ? keys : null;
    }

    /** The texts of a list, or the one text that stands in its place. */
    List<Text> texts(String key) {
      return switch (values.get(key)) {
        case Items items -> items.texts();
        case Text text -> List.of(text);
        case null, default -> List.of();
      };
    }

    /** The objects of a list. */
    List<Keys> each(String key) {
      return values.get(key) instanceof Items items
          ? items.each().stream().filter(Keys.class::isInstance).map(Keys.class::cast).toList()
          : List.of();
    }
  }
}
