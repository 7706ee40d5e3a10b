package countersign.verifier.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes a zip file that is the same every time: names sorted by their bytes, one fixed time, each
 * entry deflated, no extra fields, no descriptors, no zip64. What does not fit below 4 GiB or in
 * 65,534 files is refused.
 */
final class ZipWriter implements Closeable {
  /** 1980-01-01 00:00:00, the first moment that a zip file knows. */
  static final int TIME = 0;

  static final int DATE = 33;
  static final int LOCAL = 0x04034b50;
  static final int CENTRAL = 0x02014b50;
  static final int END = 0x06054b50;
  static final int LOCAL_LENGTH = 30;
  static final int CENTRAL_LENGTH = 46;
  static final int END_LENGTH = 22;
  static final int VERSION = 20;
  static final int DEFLATED = 8;

  /** Names are ASCII, which UTF-8 and the old code page read alike; so no flag. */
  static final int FLAGS = 0;

  static final int MOST_ENTRIES = 65_534;
  static final long LONGEST = (1L << 32) - 2;
  private static final int LEVEL = 6;

  private final FileChannel channel;
  private final Deflater deflater = new Deflater(LEVEL, true);
  private final List<Written> written = new ArrayList<>();
  private final byte[] plain = new byte[1 << 16];
  private final byte[] packed = new byte[1 << 16];
  private long at;

  private record Written(String name, int crc, long packed, long size, long offset) {}

  ZipWriter(Path file) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  /** Adds a file; names must come sorted. */
  void add(String name, InputStream content) throws IOException {
    if (!written.isEmpty() && written.getLast().name.compareTo(name) >= 0) {
      throw new IllegalArgumentException("name: " + name + " (expected: sorted, once)");
    }
    if (written.size() == MOST_ENTRIES) {
      throw tooLarge("more than " + MOST_ENTRIES + " files");
    }
    long offset = at;
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    at += LOCAL_LENGTH + bytes.length;
    CRC32 crc = new CRC32();
    long from = at;
    long size = 0;
    deflater.reset();
    for (int read = content.read(plain); read >= 0; read = content.read(plain)) {
      crc.update(plain, 0, read);
      size += read;
      deflater.setInput(plain, 0, read);
      while (!deflater.needsInput()) {
        drain();
      }
    }
    deflater.finish();
    while (!deflater.finished()) {
      drain();
    }
    if (size > LONGEST || at > LONGEST) {
      throw tooLarge("4 GiB or more");
    }
    Written entry = new Written(name, (int) crc.getValue(), at - from, size, offset);
    written.add(entry);
    ByteBuffer head = buffer(LOCAL_LENGTH + bytes.length);
    head.putInt(LOCAL).putShort((short) VERSION);
    write(
        fields(head, entry).putShort((short) bytes.length).putShort((short) 0).put(bytes), offset);
  }

  private void drain() throws IOException {
    int count = deflater.deflate(packed);
    write(ByteBuffer.wrap(packed, 0, count).position(count), at);
    at += count;
  }

  /** Writes the directory; nothing may be added afterwards. */
  void finish() throws IOException {
    long directory = at;
    for (Written entry : written) {
      byte[] bytes = entry.name.getBytes(StandardCharsets.US_ASCII);
      ByteBuffer head = buffer(CENTRAL_LENGTH + bytes.length);
      head.putInt(CENTRAL).putShort((short) VERSION).putShort((short) VERSION);
      fields(head, entry).putShort((short) bytes.length);
      // no extra field, no comment, disk 0, no attributes
      head.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
      head.putInt(0).putInt((int) entry.offset).put(bytes);
      at = write(head, at);
    }
    if (at > LONGEST) {
      throw tooLarge("4 GiB or more");
    }
    short count = (short) written.size();
    ByteBuffer end = buffer(END_LENGTH);
    end.putInt(END).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
    end.putInt((int) (at - directory)).putInt((int) directory).putShort((short) 0);
    at = write(end, at);
    channel.force(true);
  }

  private static ByteBuffer fields(ByteBuffer head, Written entry) {
    head.putShort((short) FLAGS).putShort((short) DEFLATED);
    head.putShort((short) TIME).putShort((short) DATE);
    return head.putInt(entry.crc).putInt((int) entry.packed).putInt((int) entry.size);
  }

  private long write(ByteBuffer written, long position) throws IOException {
    ByteBuffer bytes = written.flip();
    long to = position;
    while (bytes.hasRemaining()) {
      to += channel.write(bytes, to);
    }
    return to;
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static IOException tooLarge(String what) {
    return new IOException("bundle: " + what + " (expected: less; narrow the scope)");
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    channel.close();
  }
}
