package countersign.deciding.configuration;

import countersign.deciding.configuration.Shape.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Compares the nodes of a YAML file with their shapes. */
final class ShapeCheck {
  private final Mistakes mistakes;

  ShapeCheck(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /** Returns the part when the node has the shape; notes what is wrong otherwise. */
  @Nullable Part check(Shape shape, Node node, String path) {
    return switch (shape) {
      case Shape.Text text -> text(text, node, path);
      case Shape.Number number -> number(number, node, path);
      case Shape.Choice choice -> choice(choice, node, path);
      case Shape.Off off -> off(off, node, path);
      case Shape.Many many -> many(many, node, path);
      case Shape.TextOrMany either ->
          node instanceof SequenceNode
              ? many(either.many(), node, path)
              : text(either.text(), node, path);
      case Shape.TextOrKeyed either ->
          node instanceof MappingNode
              ? keyed(either.keyed(), node, path)
              : text(either.text(), node, path);
      case Shape.Keyed keyed -> keyed(keyed, node, path);
      case Shape.Later later -> {
        mistakes.add(line(node), path + ": " + later.release().comes());
        yield null;
      }
    };
  }

  private @Nullable Part text(Shape.Text shape, Node node, String path) {
    String value = scalar(node, Tag.STR);
    if (value == null) {
      String hint = node instanceof ScalarNode ? "; put quotes around it" : "";
      wrong(node, path, shape.form().secret(), shape.form().expected() + hint);
      return null;
    }
    Optional<String> mistake = shape.form().mistake(value);
    if (mistake.isPresent()) {
      mistakes.add(
          line(node),
          path,
          shape.form().secret() ? "(not shown)" : Mistakes.shown(value),
          special(shape.form(), value).orElse(mistake.get()));
      return null;
    }
    return new Part.Text(line(node), path, value);
  }

  /** Where the reader can say more than what was expected. */
  private static Optional<String> special(Form form, String value) {
    if (form == Form.reference && value.matches("\\$\\{vault:[^}]*}")) {
      return Optional.of(
          "${env:NAME}, ${file:NAME} or ${secret:NAME}; credentials kept in Vault come with a later"
              + " release");
    }
    return Optional.empty();
  }

  private @Nullable Part number(Shape.Number shape, Node node, String path) {
    String value = scalar(node, Tag.INT);
    String expected = "a whole number from " + shape.least() + " to " + shape.most();
    if (value == null || !value.matches("[0-9]{1,9}")) {
      wrong(node, path, false, expected);
      return null;
    }
    long number = Long.parseLong(value);
    if (number < shape.least() || number > shape.most()) {
      mistakes.add(line(node), path, value, expected);
      return null;
    }
    return new Part.Number(line(node), path, number);
  }

  private @Nullable Part choice(Shape.Choice shape, Node node, String path) {
    String value = scalar(node, Tag.STR);
    Release later = value == null ? null : shape.later().get(value);
    if (later != null) {
      mistakes.add(line(node), path + ": " + value + ": " + later.comes());
      return null;
    }
    if (value == null || !shape.words().contains(value)) {
      String nearest = value == null ? "" : Mistakes.nearest(value, shape.words());
      wrong(node, path, false, oneOf(shape.words()) + nearest);
      return null;
    }
    return new Part.Text(line(node), path, value);
  }

  private static String oneOf(List<String> words) {
    return switch (words.size()) {
      case 0 -> "nothing yet";
      case 1 -> words.getFirst();
      default -> "one of " + String.join(", ", words);
    };
  }

  private @Nullable Part off(Shape.Off shape, Node node, String path) {
    String value = scalar(node, Tag.BOOL);
    if (value == null || !value.equalsIgnoreCase("false")) {
      wrong(node, path, false, shape.why());
      return null;
    }
    return new Part.Text(line(node), path, "false");
  }

  private @Nullable Part many(Shape.Many shape, Node node, String path) {
    if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      wrong(node, path, hides(shape), "a list that is not empty; leave the key out for none");
      return null;
    }
    List<Part> each = new ArrayList<>();
    for (int i = 0; i < sequence.getValue().size(); i++) {
      Part part = check(shape.each(), sequence.getValue().get(i), path + "[" + i + "]");
      if (part != null) {
        each.add(part);
      }
    }
    return new Part.Items(line(node), path, each);
  }

  private static boolean hides(Shape.Many shape) {
    return shape.each() instanceof Shape.Text text && text.form().secret();
  }

  private @Nullable Part keyed(Shape.Keyed shape, Node node, String path) {
    if (!(node instanceof MappingNode mapping)) {
      // What stands here may be a secret under a key too few.
      mistakes.add(line(node), path, kind(node), "keys: " + String.join(", ", shape.names()));
      return null;
    }
    if (late(shape, mapping, path)) {
      return named(mapping, path);
    }
    Map<String, Part> values = new LinkedHashMap<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      value(shape, tuple, path, values, seen);
    }
    for (Key key : shape.keys()) {
      if (key.required() && !seen.containsKey(key.name())) {
        mistakes.add(line(node), join(path, key.name()), "(absent)", expected(key.shape()));
      }
    }
    return new Part.Keys(line(node), path, values, Set.copyOf(seen.keySet()));
  }

  private void value(
      Shape.Keyed shape,
      NodeTuple tuple,
      String path,
      Map<String, Part> values,
      Map<String, Integer> seen) {
    int line = line(tuple.getKeyNode());
    if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
      mistakes.add(line, (path.isEmpty() ? "key" : path) + ": a key must be a word");
      return;
    }
    String name = scalar.getValue();
    String place = join(path, Mistakes.shown(name));
    Optional<Key> key = shape.key(name);
    if (key.isEmpty()) {
      mistakes.add(
          line, place, "unknown key", oneOf(shape.names()) + Mistakes.nearest(name, shape.names()));
      return;
    }
    Integer first = seen.putIfAbsent(name, line);
    if (first != null) {
      mistakes.add(line, place + ": written twice (first in line " + first + ")");
      return;
    }
    if (key.get().shape() instanceof Shape.Later later) {
      mistakes.add(line, place + ": " + later.release().comes());
      return;
    }
    Part part = check(key.get().shape(), tuple.getValueNode(), place);
    if (part != null) {
      values.put(name, part);
    }
  }

  /** Notes one mistake instead of many when the whole object belongs to a later release. */
  private boolean late(Shape.Keyed shape, MappingNode mapping, String path) {
    if (shape.key(shape.tells()).map(Key::shape).orElse(null) instanceof Shape.Choice choice) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key
            && key.getValue().equals(shape.tells())
            && tuple.getValueNode() instanceof ScalarNode value
            && choice.later().containsKey(value.getValue())) {
          check(choice, value, join(path, shape.tells()));
          return true;
        }
      }
    }
    return false;
  }

  private static Part named(MappingNode mapping, String path) {
    Map<String, Part> name = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key
          && key.getValue().equals("name")
          && tuple.getValueNode() instanceof ScalarNode value) {
        name.put("name", new Part.Text(line(value), join(path, "name"), value.getValue()));
      }
    }
    return new Part.Keys(line(mapping), path, name, Set.copyOf(name.keySet()));
  }

  private static String expected(Shape shape) {
    return switch (shape) {
      case Shape.Text text -> text.form().expected();
      case Shape.Number number -> "a whole number from " + number.least() + " to " + number.most();
      case Shape.Choice choice -> oneOf(choice.words());
      case Shape.Off off -> off.why();
      case Shape.Many _ -> "a list that is not empty";
      case Shape.TextOrMany either -> either.text().form().expected();
      case Shape.TextOrKeyed either -> either.text().form().expected();
      case Shape.Keyed keyed -> "keys: " + String.join(", ", keyed.names());
      case Shape.Later later -> later.release().comes();
    };
  }

  private void wrong(Node node, String path, boolean secret, String expected) {
    String value =
        node instanceof ScalarNode scalar && !secret && !Tag.NULL.equals(scalar.getTag())
            ? Mistakes.shown(scalar.getValue())
            : kind(node);
    mistakes.add(line(node), path, value, expected);
  }

  private static String kind(Node node) {
    return switch (node) {
      case SequenceNode sequence -> sequence.getValue().isEmpty() ? "[]" : "a list";
      case MappingNode _ -> "keys and values";
      case ScalarNode scalar when Tag.NULL.equals(scalar.getTag()) -> "nothing";
      default -> "(not shown)";
    };
  }

  private static @Nullable String scalar(Node node, Tag tag) {
    return node instanceof ScalarNode scalar && tag.equals(scalar.getTag())
        ? scalar.getValue()
        : null;
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static int line(Node node) {
    return node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
  }
}
