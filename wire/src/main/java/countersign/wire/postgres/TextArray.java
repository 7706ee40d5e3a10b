package countersign.wire.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An array of texts, taken apart and put together again as the server does it
 * (utils/adt/arrayfuncs.c: array_out and array_in, array_send and array_recv; PostgreSQL
 * documentation, "Arrays": "Array Input and Output Syntax"). Texts are bytes of any encoding that
 * has ASCII at its place.
 *
 * @param element oid of the type of its elements
 * @param dimensions the outermost first; none for an array without elements
 * @param elements in the order they are written in; null for NULL
 */
public record TextArray(int element, List<Dimension> dimensions, List<byte @Nullable []> elements) {
  /** PostgreSQL's MAXDIM. */
  private static final int MOST_DIMENSIONS = 6;

  /** What stands in the place of an element may be longer than it: a bound on all of them. */
  private static final int MOST_ELEMENTS = 1 << 18;

  private static final byte[] EMPTY = {'{', '}'};
  private static final byte[] NULL = {'N', 'U', 'L', 'L'};

  /**
   * A dimension.
   *
   * @param size how many there are in it
   * @param lower the number of the first one
   */
  public record Dimension(int size, int lower) {}

  /** What is put in the place of elements. */
  public interface Change {
    /** What an element becomes; null for NULL. */
    byte @Nullable [] of(byte[] element);
  }

  /** Whether values of a type, by its oid, are arrays of texts. */
  public static boolean is(int type) {
    return elementOf(type) != 0;
  }

  /** Types of elements by the type of their array (pg_type.dat). */
  private static int elementOf(int type) {
    return switch (type) {
      case 1003 -> 19; // name
      case 1009 -> 25; // text
      case 1014 -> 1042; // char(n)
      case 1015 -> 1043; // varchar
      default -> 0;
    };
  }

  /**
   * Reads an array.
   *
   * @param type oid of its type
   * @param binary its format
   * @return empty for what is no whole array of that type, or one of more than 262,144 elements
   */
  public static Optional<TextArray> read(int type, boolean binary, byte[] value) {
    int element = elementOf(type);
    TextArray read =
        element == 0 ? null : binary ? received(element, value) : new Literal(value).array(element);
    return Optional.ofNullable(read);
  }

  /** The same array with another element in the place of each; NULL stays. */
  public TextArray each(Change change) {
    List<byte @Nullable []> others = new ArrayList<>(elements.size());
    for (byte[] one : elements) {
      others.add(one == null ? null : change.of(one));
    }
    return new TextArray(element, dimensions, others);
  }

  /** The value as the server writes it. */
  public byte[] written(boolean binary) {
    return binary ? sent() : literal();
  }

  /** How many elements dimensions hold; negative when no array may have them. */
  private static int count(List<Dimension> dimensions) {
    long count = dimensions.isEmpty() ? 0 : 1;
    for (Dimension each : dimensions) {
      count *= each.size;
      boolean counts = each.size > 0 && (long) each.lower + each.size <= Integer.MAX_VALUE;
      if (!counts || count > MOST_ELEMENTS) {
        return -1;
      }
    }
    return (int) count;
  }

  private static @Nullable TextArray received(int element, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    if (in.remaining() < 12) {
      return null;
    }
    int depth = in.getInt();
    int flags = in.getInt(); // 1 where there may be NULLs
    if (depth < 0
        || depth > MOST_DIMENSIONS
        || flags >>> 1 != 0
        || in.getInt() != element
        || in.remaining() < 8 * depth) {
      return null;
    }
    List<Dimension> dimensions = new ArrayList<>(depth);
    for (int i = 0; i < depth; i++) {
      dimensions.add(new Dimension(in.getInt(), in.getInt()));
    }
    int count = count(dimensions);
    if (count < 0 || count > in.remaining() / 4) {
      return null;
    }
    List<byte @Nullable []> elements = new ArrayList<>(count);
    while (elements.size() < count && in.remaining() >= 4) {
      int length = in.getInt();
      if (length < -1 || length > in.remaining()) {
        return null;
      }
      byte[] one = length < 0 ? null : new byte[length];
      if (one != null) {
        in.get(one);
      }
      elements.add(one);
    }
    boolean whole = elements.size() == count && !in.hasRemaining();
    return whole ? new TextArray(element, dimensions, elements) : null;
  }

  private byte[] sent() {
    int length = 12 + 8 * dimensions.size() + 4 * elements.size();
    boolean nulls = false;
    for (byte[] one : elements) {
      length += one == null ? 0 : one.length;
      nulls |= one == null;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    out.putInt(dimensions.size()).putInt(nulls ? 1 : 0).putInt(element);
    for (Dimension each : dimensions) {
      out.putInt(each.size).putInt(each.lower);
    }
    for (byte[] one : elements) {
      if (one == null) {
        out.putInt(-1);
      } else {
        out.putInt(one.length).put(one);
      }
    }
    return out.array();
  }

  private byte[] literal() {
    if (dimensions.isEmpty()) {
      return EMPTY.clone();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 * elements.size() + 16);
    out.writeBytes(bounds());
    int[] spans = spans();
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      braces(out, '{', i, spans);
      literal(out, elements.get(i));
      braces(out, '}', i + 1, spans);
    }
    return out.toByteArray();
  }

  /** Lower and upper bounds, which are written when one of them is not the usual one. */
  private byte[] bounds() {
    StringBuilder bounds = new StringBuilder();
    boolean usual = true;
    for (Dimension each : dimensions) {
      usual &= each.lower == 1;
      int upper = each.lower + each.size - 1;
      bounds.append('[').append(each.lower).append(':').append(upper).append(']');
    }
    return usual ? new byte[0] : bounds.append('=').toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** How many elements stand between the braces of each dimension. */
  private int[] spans() {
    int[] spans = new int[dimensions.size()];
    int span = 1;
    for (int i = spans.length - 1; i >= 0; i--) {
      span *= dimensions.get(i).size;
      spans[i] = span;
    }
    return spans;
  }

  private static void braces(ByteArrayOutputStream out, char brace, int place, int[] spans) {
    for (int span : spans) {
      if (place % span == 0) {
        out.write(brace);
      }
    }
  }

  private static void literal(ByteArrayOutputStream out, byte @Nullable [] one) {
    if (one == null) {
      out.writeBytes(NULL);
      return;
    }
    if (!quoted(one)) {
      out.writeBytes(one);
      return;
    }
    out.write('"');
    for (byte b : one) {
      if (b == '"' || b == '\\') {
        out.write('\\');
      }
      out.write(b);
    }
    out.write('"');
  }

  private static boolean quoted(byte[] one) {
    for (byte b : one) {
      switch (b) {
        case '"', '\\', '{', '}', ',', ' ', '\t', '\n', '\r', '\f', 0x0b -> {
          return true;
        }
        default -> {}
      }
    }
    return one.length == 0
        || one.length == NULL.length
            && new String(one, StandardCharsets.US_ASCII).equalsIgnoreCase("null");
  }

  /**
   * Reads the text format. It takes more than the server writes, such as quotes that are not needed
   * or uneven rows; what was read counts when it is written as the very same bytes.
   */
  private static final class Literal {
    private final byte[] value;
    private final List<byte @Nullable []> elements = new ArrayList<>();
    private int at;

    Literal(byte[] value) {
      this.value = value;
    }

    @Nullable TextArray array(int element) {
      if (Arrays.equals(value, EMPTY)) {
        return new TextArray(element, List.of(), List.of());
      }
      List<Integer> lowers = lowers();
      int depth = 0;
      while (depth <= MOST_DIMENSIONS && next('{')) {
        depth++;
      }
      if (depth == 0 || depth > MOST_DIMENSIONS || !lowers.isEmpty() && lowers.size() != depth) {
        return null;
      }
      int[] sizes = sizes(depth);
      if (sizes.length == 0) {
        return null;
      }
      List<Dimension> dimensions = new ArrayList<>(depth);
      for (int i = 0; i < depth; i++) {
        dimensions.add(new Dimension(sizes[i], lowers.isEmpty() ? 1 : lowers.get(i)));
      }
      TextArray read = new TextArray(element, dimensions, elements);
      boolean whole = count(dimensions) == elements.size();
      return whole && Arrays.equals(read.literal(), value) ? read : null;
    }

    private boolean next(char expected) {
      boolean there = at < value.length && value[at] == expected;
      at += there ? 1 : 0;
      return there;
    }

    /** The lower bounds, where bounds are written. */
    private List<Integer> lowers() {
      List<Integer> lowers = new ArrayList<>();
      while (lowers.size() <= MOST_DIMENSIONS && next('[')) {
        boolean negative = next('-');
        long number = 0;
        for (; at < value.length && value[at] >= '0' && value[at] <= '9'; at++) {
          number = Math.min(10 * number + value[at] - '0', 1L << 32);
        }
        lowers.add((int) (negative ? -number : number));
        while (at < value.length && !next(']')) {
          at++; // upper bounds follow from the sizes
        }
      }
      next('=');
      return lowers;
    }

    /** Reads the elements. Returns how many each dimension has; nothing when it cannot be read. */
    private int[] sizes(int depth) {
      int[] sizes = new int[depth];
      int[] seen = new int[depth];
      while (element()) {
        seen[depth - 1]++;
        int level = depth;
        while (level > 0 && next('}')) {
          level--;
          sizes[level] = seen[level];
          seen[level] = 0;
          if (level > 0) {
            seen[level - 1]++;
          }
        }
        if (level == 0) {
          return sizes;
        }
        boolean more = next(',');
        while (more && level < depth) {
          more = next('{');
          level++;
        }
        if (!more) {
          break;
        }
      }
      return new int[0];
    }

    private boolean element() {
      if (elements.size() == MOST_ELEMENTS) {
        return false;
      }
      if (next('"')) {
        return inQuotes();
      }
      int from = at;
      while (at < value.length && value[at] != ',' && value[at] != '}') {
        at++;
      }
      byte[] word = Arrays.copyOfRange(value, from, at);
      elements.add(Arrays.equals(word, NULL) ? null : word);
      return true;
    }

    private boolean inQuotes() {
      ByteArrayOutputStream word = new ByteArrayOutputStream();
      while (at < value.length) {
        if (next('"')) {
          elements.add(word.toByteArray());
          return true;
        }
        at += value[at] == '\\' && at + 1 < value.length ? 1 : 0;
        word.write(value[at++]);
      }
      return false;
    }
  }
}
