package countersign.edge.protocol.postgres;

import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.MaskRules;
import countersign.masking.Detector;
import countersign.masking.Found;
import countersign.masking.Method;
import countersign.wire.postgres.BackendMessage.Column;
import countersign.wire.postgres.TextArray;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of one result are masked, field by field. A row in which nothing is masked stays the
 * very bytes it was. Confined to the event loop.
 */
final class MaskedRow {
  private static final int HEADER = 5;

  private final MaskRules rules;
  private final MaskedValue values;
  private final List<Field> fields;
  private final boolean clean;

  /** What happens to a field. */
  enum Treatment {
    pass,
    whole,
    search
  }

  /**
   * A field.
   *
   * @param mask how all of it is masked; null when it is not
   */
  record Field(
      String name, int type, boolean binary, Treatment treatment, @Nullable ColumnMask mask) {}

  /** Hears what was masked. */
  interface Tally {
    void masked(ColumnMask mask, String column, String found);
  }

  private MaskedRow(MaskRules rules, List<Field> fields) {
    this.rules = rules;
    this.values = new MaskedValue(rules);
    this.fields = fields;
    this.clean = fields.stream().allMatch(field -> field.treatment() == Treatment.pass);
  }

  /**
   * Makes it.
   *
   * @param masks how each column is masked as a whole, null for one that is not; empty when none is
   */
  static MaskedRow of(MaskRules rules, List<Column> columns, List<@Nullable ColumnMask> masks) {
    List<Field> fields = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      ColumnMask mask = masks.isEmpty() ? null : masks.get(i);
      Treatment treatment =
          mask != null
              ? Treatment.whole
              : rules.detects() && FieldTypes.mayHold(column.typeOid())
                  ? Treatment.search
                  : Treatment.pass;
      fields.add(new Field(column.name(), column.typeOid(), column.format() != 0, treatment, mask));
    }
    return new MaskedRow(rules, fields);
  }

  /** Whether every row passes as it is. */
  boolean clean() {
    return clean;
  }

  /**
   * Masks a row.
   *
   * @param frame a whole DataRow; not consumed
   * @return null when nothing is masked in it; else what goes out instead of it
   * @throws IllegalArgumentException when it is no row of this result
   */
  @Nullable ByteBuf mask(ByteBuf frame, Tally tally) {
    int at = frame.readerIndex() + HEADER;
    int count = frame.getUnsignedShort(at);
    if (count != fields.size()) {
      throw new IllegalArgumentException("row: " + count + " fields (expected: as described)");
    }
    at += 2;
    ByteBuf out = null;
    int copied = frame.readerIndex();
    for (Field field : fields) {
      int length = frame.getInt(at);
      int end = at + 4 + Math.max(length, 0);
      if (length > 0 && field.treatment() != Treatment.pass) {
        byte[] value = new byte[length];
        frame.getBytes(at + 4, value);
        byte @Nullable [] masked = masked(field, value, tally);
        if (masked != value) {
          if (out == null) {
            out = frame.alloc().buffer(frame.readableBytes() + 64);
          }
          out.writeBytes(frame, copied, at - copied);
          if (masked == null) {
            out.writeInt(-1);
          } else {
            out.writeInt(masked.length).writeBytes(masked);
          }
          copied = end;
        }
      }
      at = end;
    }
    if (out != null) {
      out.writeBytes(frame, copied, frame.writerIndex() - copied);
      out.setInt(1, out.readableBytes() - 1);
    }
    return out;
  }

  private byte @Nullable [] masked(Field field, byte[] value, Tally tally) {
    ColumnMask mask = field.mask();
    if (mask != null) {
      tally.masked(mask, field.name(), "");
      return values.whole(mask, field.type(), field.binary(), value);
    }
    return field.binary() && TextArray.is(field.type())
        ? values.searched(field.type(), true, value, field.name(), tally)
        : searched(field, value, tally);
  }

  private byte @Nullable [] searched(Field field, byte[] value, Tally tally) {
    boolean textual = !field.binary() || FieldTypes.textInBinary(field.type());
    byte[] text = textual ? value : FieldTypes.readable(field.type(), value);
    List<Found> found = rules.scan().find(text, text.length, field.name());
    if (found.isEmpty()) {
      return FieldTypes.address(field.type()) && addressed(field, tally) ? null : value;
    }
    boolean nothing = false;
    Method strictest = Method.last4;
    for (Found one : found) {
      ColumnMask how = rules.found(one.detector());
      tally.masked(how, field.name(), one.detector().name());
      strictest = strictest.stricter(how.method());
      nothing |= how.method() == Method.nothing;
    }
    boolean inPlace =
        FieldTypes.text(field.type())
            || !field.binary() && TextArray.is(field.type())
            || FieldTypes.json(field.type()) && inStrings(value, found);
    if (nothing || !inPlace) {
      return null;
    }
    return rules.masked().instead(strictest, value, value.length, found);
  }

  /** Types that are addresses and nothing else need not be looked through. */
  private boolean addressed(Field field, Tally tally) {
    Detector detector = FieldTypes.hardware(field.type()) ? Detector.mac : Detector.ip;
    if (!rules.detects(detector)) {
      return false;
    }
    tally.masked(rules.found(detector), field.name(), detector.name());
    return true;
  }

  /** Whether all that was found stands in strings of a JSON text, where a token may stand too. */
  private static boolean inStrings(byte[] json, List<Found> found) {
    boolean inside = false;
    int next = 0;
    for (int i = 0; i < json.length && next < found.size(); i++) {
      Found one = found.get(next);
      if (i == one.from() && !inside) {
        return false;
      }
      if (i >= one.from() && i < one.to() && (json[i] == '"' || json[i] == '\\')) {
        return false;
      }
      if (i == one.to() - 1) {
        next++;
      }
      if (json[i] == '\\' && inside) {
        i++;
      } else if (json[i] == '"') {
        inside = !inside;
      }
    }
    return next == found.size();
  }

  /** Every field NULL: for rows of which nobody said what they hold. */
  static ByteBuf allNull(ByteBuf frame, Tally tally) {
    int count = frame.getUnsignedShort(frame.readerIndex() + HEADER);
    ByteBuf out = frame.alloc().buffer(HEADER + 2 + 4 * count);
    out.writeByte('D').writeInt(4 + 2 + 4 * count).writeShort(count);
    for (int i = 0; i < count; i++) {
      out.writeInt(-1);
      tally.masked(ColumnMask.DOUBT, "column " + (i + 1), "");
    }
    return out;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
