package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Reads the binary format of arrays of common types (utils/adt/arrayfuncs.c: array_send) and writes
 * them as the server does (array_out).
 */
final class ArrayText {
  /** PostgreSQL's MAXDIM. */
  private static final int MOST_DIMENSIONS = 6;

  /** Types of elements by the type of their array (pg_type.dat). */
  private static final Map<Integer, Integer> ELEMENTS =
      Map.ofEntries(
          Map.entry(199, 114),
          Map.entry(1000, 16),
          Map.entry(1002, 18),
          Map.entry(1003, 19),
          Map.entry(1005, 21),
          Map.entry(1007, 23),
          Map.entry(1009, 25),
          Map.entry(1014, 1042),
          Map.entry(1015, 1043),
          Map.entry(1016, 20),
          Map.entry(1021, 700),
          Map.entry(1022, 701),
          Map.entry(1028, 26),
          Map.entry(1115, 1114),
          Map.entry(1182, 1082),
          Map.entry(1183, 1083),
          Map.entry(1185, 1184),
          Map.entry(1231, 1700),
          Map.entry(2951, 2950),
          Map.entry(3807, 3802));

  private final ByteBuf value;
  private final int element;
  private final int[] sizes;
  private final StringBuilder text = new StringBuilder();

  private ArrayText(ByteBuf value, int element, int[] sizes) {
    this.value = value;
    this.element = element;
    this.sizes = sizes;
  }

  /** The array as text, empty when it is none of a known type, or not whole. */
  static String read(int typeOid, ByteBuf value) {
    Integer element = ELEMENTS.get(typeOid);
    if (element == null || value.readableBytes() < 12) {
      return "";
    }
    int dimensions = value.readInt();
    value.skipBytes(4); // whether there are nulls: told again by each of them
    if (value.readInt() != element
        || dimensions < 0
        || dimensions > MOST_DIMENSIONS
        || value.readableBytes() < dimensions * 8) {
      return "";
    }
    int[] sizes = new int[dimensions];
    StringBuilder bounds = new StringBuilder();
    boolean usual = true;
    for (int i = 0; i < dimensions; i++) {
      sizes[i] = value.readInt();
      long lower = value.readInt();
      usual &= lower == 1;
      bounds.append('[').append(lower).append(':').append(lower + sizes[i] - 1).append(']');
      if (sizes[i] < 1) {
        return "";
      }
    }
    ArrayText read = new ArrayText(value, element, sizes);
    if (dimensions == 0) {
      return value.isReadable() ? "" : "{}";
    }
    if (!read.level(0) || value.isReadable()) {
      return "";
    }
    return usual ? read.text.toString() : bounds.append('=').append(read.text).toString();
  }

  private boolean level(int depth) {
    text.append('{');
    for (int i = 0; i < sizes[depth]; i++) {
      if (i > 0) {
        text.append(',');
      }
      boolean good = depth + 1 < sizes.length ? level(depth + 1) : element();
      if (!good) {
        return false;
      }
    }
    text.append('}');
    return true;
  }

  private boolean element() {
    if (value.readableBytes() < 4) {
      return false;
    }
    int length = value.readInt();
    if (length == -1) {
      text.append("NULL");
      return true;
    }
    if (length < 0 || length > value.readableBytes()) {
      return false;
    }
    ByteBuf bytes = value.readSlice(length);
    String decoded = ValueText.binary(element, bytes);
    if (decoded.isEmpty() && length > 0) {
      return false;
    }
    quoted(decoded);
    return true;
  }

  private void quoted(String words) {
    boolean quotes =
        words.isEmpty()
            || words.equalsIgnoreCase("null")
            || words.chars().anyMatch(c -> "{}\",\\ \t\n\r\u000b\f".indexOf(c) >= 0);
    if (!quotes) {
      text.append(words);
      return;
    }
    text.append('"').append(words.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }
}
