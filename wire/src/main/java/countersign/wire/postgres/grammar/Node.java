package countersign.wire.postgres.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One node of a parse tree, named and shaped as in PostgreSQL's {@code parsenodes.h} and {@code
 * primnodes.h}: identifiers are folded and unescaped, positions are byte offsets. Immutable once
 * read, thread-safe. A field that has its default (false, 0, empty, null) is absent.
 */
public final class Node {
  private static final String[] NO_NAMES = {};
  private static final Object[] NO_VALUES = {};

  private final String type;
  private String[] names = NO_NAMES;
  private Object[] values = NO_VALUES;
  private int size;
  private boolean odd;

  Node(String type) {
    this.type = type;
  }

  /** The node's type, such as {@code SelectStmt}. */
  public String type() {
    return type;
  }

  /** Whether it holds a field that the published shape of its type does not have. */
  public boolean odd() {
    return odd;
  }

  /** Whether it is of this type. */
  public boolean is(String wanted) {
    return type.equals(wanted);
  }

  /** A field that holds one node; null when absent or of another kind. */
  public @Nullable Node node(String field) {
    return get(field) instanceof Node node ? node : null;
  }

  /** A field that holds nodes, in order; a single node counts as one; empty when absent. */
  public List<Node> nodes(String field) {
    Object value = get(field);
    if (value instanceof Node node) {
      return List.of(node);
    }
    if (!(value instanceof Object[] all)) {
      return List.of();
    }
    List<Node> nodes = new ArrayList<>(all.length);
    for (Object one : all) {
      if (one instanceof Node node) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** A field that holds a text or the name of an enumeration's constant; empty when absent. */
  public String text(String field) {
    return get(field) instanceof String text ? text : "";
  }

  /** A field that holds a truth value; false when absent. */
  public boolean flag(String field) {
    return Boolean.TRUE.equals(get(field));
  }

  /** A field that holds a number; 0 when absent. */
  public int number(String field) {
    return get(field) instanceof Integer number ? number : 0;
  }

  /** Whether the field is there. */
  public boolean has(String field) {
    return get(field) != null;
  }

  /** Visits every node directly below this one. */
  public void forEachChild(Consumer<Node> visit) {
    for (int i = 0; i < size; i++) {
      if (values[i] instanceof Node node) {
        visit.accept(node);
      } else if (values[i] instanceof Object[] all) {
        for (Object one : all) {
          if (one instanceof Node node) {
            visit.accept(node);
          }
        }
      }
    }
  }

  /** The texts of a list of String nodes, such as the parts of a name. */
  public List<String> strings(String field) {
    List<String> texts = new ArrayList<>(2);
    for (Node node : nodes(field)) {
      if (node.is("String")) {
        texts.add(node.text("sval"));
      }
    }
    return texts;
  }

  private @Nullable Object get(String field) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(field)) {
        return values[i];
      }
    }
    return null;
  }

  void put(String name, Object value) {
    if (size == names.length) {
      int more = size == 0 ? 6 : size * 2;
      names = java.util.Arrays.copyOf(names, more);
      values = java.util.Arrays.copyOf(values, more);
    }
    names[size] = name;
    values[size++] = value;
  }

  void markOdd() {
    odd = true;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(type).append('{');
    for (int i = 0; i < size; i++) {
      Object value = values[i];
      out.append(i == 0 ? "" : ", ").append(names[i]).append('=');
      out.append(value instanceof Object[] all ? java.util.Arrays.toString(all) : value);
    }
    return out.append('}').toString();
  }
}
