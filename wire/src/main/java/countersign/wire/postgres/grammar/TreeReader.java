package countersign.wire.postgres.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON that libpg_query prints, and only that: compact, without comments, keys in ASCII.
 * One use for one text. Throws {@link Odd} for everything it does not know.
 */
final class TreeReader {
  /** Deepest nesting of the JSON; a left-deep chain of operators takes six levels for each. */
  static final int DEEPEST = 3_000;

  private static final Names NAMES = new Names();

  private final byte[] json;
  private final int end;
  private int at;
  private int depth;

  /** The text is not what is expected. */
  static final class Odd extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Odd(String why) {
      super(why, null, false, false);
    }
  }

  private TreeReader(byte[] json, int length) {
    this.json = json;
    this.end = length;
  }

  /** Reads {@code {"version":…,"stmts":[…]}}; returns its RawStmt nodes. */
  static List<Node> statements(byte[] json, int length) {
    TreeReader reader = new TreeReader(json, length);
    Node result = reader.object("ParseResult", Shapes.of("ParseResult"));
    if (reader.at != length || result.odd()) {
      throw new Odd("tree: bytes after its end");
    }
    return result.nodes("stmts");
  }

  private Node object(String type, @Nullable Map<String, String> fields) {
    if (++depth > DEEPEST) {
      throw new Odd("nested too deep");
    }
    Node node = new Node(type);
    if (fields == null) {
      node.markOdd();
    }
    expect('{');
    while (peek() != '}') {
      String name = name();
      expect(':');
      String holds = fields == null ? Shapes.SELF_DESCRIBED : fields.get(name);
      if (holds == null) {
        node.markOdd();
        holds = Shapes.SELF_DESCRIBED;
      }
      Object value = value(holds);
      if (value != null) {
        node.put(name, value);
      }
      if (peek() == ',') {
        at++;
      }
    }
    at++;
    depth--;
    return node;
  }

  /** An object that says its type: {@code {"Type":{…}}}; {@code {}} stands for no node. */
  private @Nullable Node selfDescribed() {
    if (json[at + 1] == '}') {
      at += 2;
      return null;
    }
    expect('{');
    String type = name();
    expect(':');
    if (peek() != '{') {
      throw new Odd("tree: a node without type");
    }
    Node node = object(type, Shapes.of(type));
    expect('}');
    return node;
  }

  private @Nullable Object value(String holds) {
    return switch (peek()) {
      case '{' -> holds.equals(Shapes.SELF_DESCRIBED) ? selfDescribed() : typed(holds);
      case '[' -> list(holds);
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Node typed(String type) {
    if (type.equals(Shapes.SCALAR)) {
      throw new Odd("tree: a node in place of a value");
    }
    return object(type, Shapes.of(type));
  }

  private Object list(String holds) {
    if (++depth > DEEPEST) {
      throw new Odd("nested too deep");
    }
    expect('[');
    List<Object> all = new ArrayList<>();
    while (peek() != ']') {
      Object value = value(holds);
      if (value != null) {
        all.add(value);
      }
      if (peek() == ',') {
        at++;
      }
    }
    at++;
    depth--;
    return all.toArray();
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    for (int i = 0; i < word.length(); i++) {
      if (at >= end || json[at++] != word.charAt(i)) {
        throw new Odd("tree: a value that is none");
      }
    }
    return value;
  }

  private Object number() {
    boolean negative = peek() == '-';
    at += negative ? 1 : 0;
    long value = 0;
    int first = at;
    while (at < end && json[at] >= '0' && json[at] <= '9') {
      value = value * 10 + (json[at++] - '0');
      if (value > 1L << 32) {
        throw new Odd("tree: a number too large");
      }
    }
    if (at == first) {
      throw new Odd("tree: a value that is none");
    }
    return Integer.valueOf((int) (negative ? -value : value));
  }

  private String name() {
    expect('"');
    int from = at;
    int hash = 0;
    while (at < end && json[at] != '"') {
      hash = hash * 31 + json[at++];
    }
    expect('"');
    return NAMES.get(json, from, at - 1, hash);
  }

  private String string() {
    expect('"');
    int from = at;
    while (at < end && json[at] != '"' && json[at] != '\\') {
      at++;
    }
    if (at < end && json[at] == '"') {
      return new String(json, from, at++ - from, StandardCharsets.UTF_8);
    }
    return escaped(from);
  }

  private String escaped(int from) {
    byte[] plain = new byte[end - from];
    int n = at - from;
    System.arraycopy(json, from, plain, 0, n);
    while (at < end && json[at] != '"') {
      byte b = json[at++];
      if (b != '\\') {
        plain[n++] = b;
        continue;
      }
      byte escape = peek();
      at++;
      switch (escape) {
        case '"', '\\', '/' -> plain[n++] = escape;
        case 'b' -> plain[n++] = '\b';
        case 'f' -> plain[n++] = '\f';
        case 'n' -> plain[n++] = '\n';
        case 'r' -> plain[n++] = '\r';
        case 't' -> plain[n++] = '\t';
        case 'u' -> {
          byte[] utf8 = String.valueOf(hex()).getBytes(StandardCharsets.UTF_8);
          System.arraycopy(utf8, 0, plain, n, utf8.length);
          n += utf8.length;
        }
        default -> throw new Odd("tree: an escape that is none");
      }
    }
    expect('"');
    return new String(Arrays.copyOf(plain, n), StandardCharsets.UTF_8);
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw new Odd("tree: an escape that is none");
      }
      value = value << 4 | digit;
      at++;
    }
    if (Character.isSurrogate((char) value)) {
      throw new Odd("tree: half a character");
    }
    return (char) value;
  }

  private byte peek() {
    if (at >= end) {
      throw new Odd("tree: cut off");
    }
    return json[at];
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw new Odd("tree: a sign out of place");
    }
    at++;
  }

  /** Field and type names, made once. Thread-safe: an entry that is overwritten is made again. */
  private static final class Names {
    private static final int MASK = (1 << 13) - 1;
    private final java.util.concurrent.atomic.AtomicReferenceArray<@Nullable String> known =
        new java.util.concurrent.atomic.AtomicReferenceArray<>(MASK + 1);

    String get(byte[] json, int from, int to, int hash) {
      int slot = (hash ^ hash >>> 13) & MASK;
      String found = known.get(slot);
      if (found != null && same(found, json, from, to)) {
        return found;
      }
      String made = new String(json, from, to - from, StandardCharsets.US_ASCII).intern();
      known.set(slot, made);
      return made;
    }

    private static boolean same(String name, byte[] json, int from, int to) {
      if (name.length() != to - from) {
        return false;
      }
      for (int i = 0; i < name.length(); i++) {
        if (name.charAt(i) != json[from + i]) {
          return false;
        }
      }
      return true;
    }
  }
}
