package countersign.edge.protocol.postgres;

import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.MaskRules;
import countersign.wire.postgres.TextArray;
import countersign.wire.postgres.sql.CopyForm;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Masks what COPY TO STDOUT writes, row by row: PostgreSQL puts each row into a message of its own,
 * and the header of the binary format in front of the first one. Confined to the event loop.
 */
final class MaskedCopy {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };
  private static final int FRAME = 5;

  private final MaskRules rules;
  private final MaskedValue values;
  private final List<Reach.Copied> columns;
  private final CopyForm form;
  private boolean begun;

  MaskedCopy(MaskRules rules, List<Reach.Copied> columns, CopyForm form) {
    this.rules = rules;
    this.values = new MaskedValue(rules);
    this.columns = columns;
    this.form = form;
  }

  /**
   * Masks a row.
   *
   * @param frame a whole CopyData message; not consumed
   * @return null when nothing is masked in it; else what goes out instead of it
   * @throws IllegalArgumentException when it is not one row of as many columns
   */
  @Nullable ByteBuf mask(ByteBuf frame, MaskedRow.Tally tally) {
    byte[] row = new byte[frame.readableBytes() - FRAME];
    frame.getBytes(frame.readerIndex() + FRAME, row);
    boolean first = !begun;
    begun = true;
    byte[] masked =
        switch (form.format()) {
          case text -> first && form.header() ? row : text(row, tally);
          case csv -> first && form.header() ? row : csv(row, tally);
          case binary -> binary(row, first, tally);
        };
    if (Arrays.equals(masked, row)) {
      return null;
    }
    ByteBuf out = frame.alloc().buffer(FRAME + masked.length);
    return out.writeByte('d').writeInt(4 + masked.length).writeBytes(masked);
  }

  /** A field as it is to be written; null for NULL. The very same array stands for no change. */
  private byte @Nullable [] field(int place, byte[] value, MaskedRow.Tally tally) {
    if (place >= columns.size()) {
      throw new IllegalArgumentException("row: too many fields");
    }
    Reach.Copied column = columns.get(place);
    ColumnMask mask = column.mask();
    String name = "column " + (place + 1);
    boolean binary = form.format() == CopyForm.Format.binary;
    if (mask != null) {
      tally.masked(mask, name, "");
      return values.whole(mask, column.type(), binary, value);
    }
    if (!rules.detects()) {
      return value;
    }
    if (TextArray.is(column.type())) {
      return values.searched(column.type(), binary, value, name, tally);
    }
    byte[] shown = values.searched(value, name, tally);
    return shown == value || FieldTypes.text(column.type()) ? shown : null;
  }

  private void complete(int fields) {
    if (fields != columns.size()) {
      throw new IllegalArgumentException("row: " + fields + " fields");
    }
  }

  private byte[] nothing() {
    return form.nothing().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] text(byte[] row, MaskedRow.Tally tally) {
    ended(row);
    ByteArrayOutputStream out = new ByteArrayOutputStream(row.length + 32);
    int place = 0;
    int from = 0;
    for (int i = 0; i < row.length; i++) {
      if (row[i] == '\\' && i + 1 < row.length - 1) {
        i++;
      } else if (row[i] == form.delimiter() || i == row.length - 1) {
        byte[] written = Arrays.copyOfRange(row, from, i);
        if (columns.size() == 0 && written.length == 0) {
          return row;
        }
        boolean none = Arrays.equals(written, nothing()) && !ambiguous(place);
        byte[] value = none ? written : unescaped(written);
        byte[] shown = none ? keep(place, written) : field(place, value, tally);
        out.writeBytes(shown == null ? nothing() : shown == value ? written : escaped(shown));
        out.write(row[i]);
        place++;
        from = i + 1;
      }
    }
    complete(place);
    return out.toByteArray();
  }

  /** A value that reads like the caller's own word for NULL must not show that it does. */
  private boolean ambiguous(int place) {
    return place < columns.size()
        && columns.get(place).mask() != null
        && !form.nothing().equals("\\N");
  }

  private byte[] keep(int place, byte[] written) {
    if (place >= columns.size()) {
      throw new IllegalArgumentException("row: too many fields");
    }
    return written;
  }

  private static void ended(byte[] row) {
    if (row.length == 0 || row[row.length - 1] != '\n') {
      throw new IllegalArgumentException("row: without an end");
    }
  }

  private static byte[] unescaped(byte[] written) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(written.length);
    for (int i = 0; i < written.length; i++) {
      if (written[i] != '\\' || i + 1 == written.length) {
        out.write(written[i]);
        continue;
      }
      i++;
      out.write(
          switch (written[i]) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> written[i];
          });
    }
    return out.toByteArray();
  }

  private byte[] escaped(byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 8);
    for (byte b : value) {
      switch (b) {
        case '\n' -> out.writeBytes(new byte[] {'\\', 'n'});
        case '\r' -> out.writeBytes(new byte[] {'\\', 'r'});
        case '\t' -> out.writeBytes(new byte[] {'\\', 't'});
        default -> {
          if (b == '\\' || b == form.delimiter()) {
            out.write('\\');
          }
          out.write(b);
        }
      }
    }
    return out.toByteArray();
  }

  private byte[] csv(byte[] row, MaskedRow.Tally tally) {
    ended(row);
    ByteArrayOutputStream out = new ByteArrayOutputStream(row.length + 32);
    int place = 0;
    int i = 0;
    while (i < row.length) {
      int from = i;
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      boolean quoted = row[i] == form.quote();
      if (quoted) {
        i = inQuotes(row, i + 1, value);
      } else {
        while (i < row.length - 1 && row[i] != form.delimiter()) {
          value.write(row[i++]);
        }
      }
      if (i >= row.length || row[i] != form.delimiter() && i != row.length - 1) {
        throw new IllegalArgumentException("row: a field without an end");
      }
      byte[] written = Arrays.copyOfRange(row, from, i);
      byte[] plain = value.toByteArray();
      boolean none = !quoted && Arrays.equals(written, nothing());
      byte[] shown = none ? keep(place, plain) : field(place, plain, tally);
      out.writeBytes(shown == null ? nothing() : shown == plain ? written : inQuotes(shown));
      out.write(row[i]);
      place++;
      i++;
    }
    complete(place);
    return out.toByteArray();
  }

  /** Reads to the closing quote. Returns the place behind it. */
  private int inQuotes(byte[] row, int from, ByteArrayOutputStream value) {
    int i = from;
    while (i < row.length) {
      boolean next = i + 1 < row.length;
      if (row[i] == form.escape()
          && next
          && (row[i + 1] == form.quote() || row[i + 1] == form.escape())) {
        value.write(row[i + 1]);
        i += 2;
      } else if (row[i] == form.quote()) {
        return i + 1;
      } else {
        value.write(row[i++]);
      }
    }
    throw new IllegalArgumentException("row: a quote without an end");
  }

  private byte[] inQuotes(byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 8);
    out.write(form.quote());
    for (byte b : value) {
      if (b == form.quote() || b == form.escape()) {
        out.write(form.escape());
      }
      out.write(b);
    }
    out.write(form.quote());
    return out.toByteArray();
  }

  private byte[] binary(byte[] row, boolean first, MaskedRow.Tally tally) {
    ByteBuffer in = ByteBuffer.wrap(row);
    ByteArrayOutputStream out = new ByteArrayOutputStream(row.length + 32);
    if (first) {
      int extension = SIGNATURE.length + 4;
      if (row.length < extension + 4
          || !Arrays.equals(Arrays.copyOf(row, SIGNATURE.length), SIGNATURE)) {
        throw new IllegalArgumentException("row: without the header of the format");
      }
      int header = extension + 4 + in.getInt(extension);
      out.write(row, 0, header);
      in.position(header);
    }
    while (in.hasRemaining()) {
      short fields = in.getShort();
      number(out, fields, 2);
      if (fields == -1) {
        break;
      }
      complete(fields);
      for (int place = 0; place < fields; place++) {
        int length = in.getInt();
        if (length < 0) {
          number(out, -1, 4);
          continue;
        }
        byte[] value = new byte[length];
        in.get(value);
        byte[] shown = field(place, value, tally);
        number(out, shown == null ? -1 : shown.length, 4);
        out.writeBytes(shown == null ? new byte[0] : shown);
      }
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException("row: bytes behind its end");
    }
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, int number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write(number >> shift);
    }
  }
}
