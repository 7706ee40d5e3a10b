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
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a zip file of the one form that {@link ZipWriter} writes, and no other: so every program
 * that unpacks the bundle sees the same files. Traversal, absolute and strange names, names that
 * differ in case only, duplicates, links, other methods, zip64, comments, bytes before, between or
 * after, and local headers that differ from the directory are refused before a byte is unpacked; so
 * is a file that says that it unpacks to more than 100 times its own length and a gigabyte. Content
 * is streamed, and is never longer than its header says. Reads of different files may go on at
 * once.
 */
final class ZipReader implements Closeable {
  private static final long ALWAYS = 1L << 30;
  private static final int RATIO = 100;

  /** Deflate cannot do better than 1032 to 1; a short file has a little more. */
  private static final int BEST = 1040;

  private final FileChannel channel;
  private final SortedMap<String, Entry> entries = new TreeMap<>();

  /** The file is no bundle as we write it: for whoever reads it, tampered with. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1L;

    Damaged(String message) {
      super(message);
    }
  }

  /** A file in the bundle. */
  record Entry(String name, int crc, long packed, long size, long content) {}

  ZipReader(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      readDirectory();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The files by name, sorted. */
  SortedMap<String, Entry> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  private void readDirectory() throws IOException {
    long length = channel.size();
    if (length < ZipWriter.END_LENGTH || length > ZipWriter.LONGEST) {
      throw new Damaged("zip: " + length + " bytes (expected: a bundle, below 4 GiB)");
    }
    ByteBuffer end = read(length - ZipWriter.END_LENGTH, ZipWriter.END_LENGTH);
    require(end.getInt() == ZipWriter.END, "end", "a zip directory's end as last, no comment");
    require(end.getInt() == 0, "disks", "one");
    int count = end.getShort() & 0xffff;
    require((end.getShort() & 0xffff) == count, "entries", "one number of them");
    long size = end.getInt() & 0xffffffffL;
    long from = end.getInt() & 0xffffffffL;
    require(end.getShort() == 0, "comment", "none");
    require(count > 0 && count <= ZipWriter.MOST_ENTRIES, "entries", "1 to 65534, no zip64");
    require(
        from + size == length - ZipWriter.END_LENGTH
            && size <= (long) count * (ZipWriter.CENTRAL_LENGTH + 200),
        "directory",
        "right before the end, no zip64");
    ByteBuffer directory = read(from, (int) size);
    Set<String> folded = new HashSet<>();
    long at = 0;
    long total = 0;
    for (int i = 0; i < count; i++) {
      Entry entry = entry(directory, at);
      require(
          (entries.isEmpty() || entries.lastKey().compareTo(entry.name) < 0)
              && folded.add(entry.name.toLowerCase(Locale.ROOT)),
          entry.name,
          "names sorted, each once whatever the case");
      require(entry.size <= (entry.packed + 1) * BEST, entry.name, "a size that it can have");
      entries.put(entry.name, entry);
      at = entry.content + entry.packed;
      total += entry.size;
    }
    require(!directory.hasRemaining() && at == from, "zip", "nothing between its files");
    require(total <= Math.max(ALWAYS, length * RATIO), "zip", "no more than 100 times its length");
  }

  private Entry entry(ByteBuffer directory, long expectedOffset) throws IOException {
    require(directory.remaining() >= ZipWriter.CENTRAL_LENGTH, "directory", "whole entries");
    require(directory.getInt() == ZipWriter.CENTRAL, "directory", "an entry");
    require(directory.getInt() == (ZipWriter.VERSION << 16 | ZipWriter.VERSION), "version", "2.0");
    int from = directory.position();
    require(directory.getShort() == ZipWriter.FLAGS, "flags", "none");
    require(directory.getShort() == ZipWriter.DEFLATED, "method", "deflated");
    require(
        directory.getShort() == ZipWriter.TIME && directory.getShort() == ZipWriter.DATE,
        "time",
        "the fixed one");
    int crc = directory.getInt();
    long packed = directory.getInt() & 0xffffffffL;
    long size = directory.getInt() & 0xffffffffL;
    int nameLength = directory.getShort() & 0xffff;
    byte[] fields = new byte[directory.position() - from];
    directory.get(from, fields);
    require(
        directory.getInt() == 0 && directory.getShort() == 0, "extra field, comment, disk", "none");
    require(directory.getShort() == 0 && directory.getInt() == 0, "attributes", "none: no links");
    long offset = directory.getInt() & 0xffffffffL;
    require(offset == expectedOffset, "offset", "files one after another, no zip64");
    require(nameLength <= 200 && directory.remaining() >= nameLength, "name", "<= 200 bytes");
    byte[] bytes = new byte[nameLength];
    directory.get(bytes);
    String name = new String(bytes, StandardCharsets.ISO_8859_1);
    require(Spool.PATH.matcher(name).matches(), name, "a plain relative path");
    ByteBuffer local = read(offset, ZipWriter.LOCAL_LENGTH + nameLength);
    ByteBuffer expected = ByteBuffer.allocate(local.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    expected.putInt(ZipWriter.LOCAL).putShort((short) ZipWriter.VERSION).put(fields);
    expected.putShort((short) 0).put(bytes);
    require(local.equals(expected.flip()), name, "the same in its header as in the directory");
    return new Entry(name, crc, packed, size, offset + local.capacity());
  }

  /** Reads a small file whole. */
  byte[] bytes(String name, int most) throws IOException {
    Entry entry = need(name);
    require(entry.size <= most, name, "at most " + most + " bytes");
    try (InputStream in = open(name)) {
      byte[] bytes = in.readNBytes((int) entry.size);
      require(in.read() < 0, name, "its size");
      return bytes;
    }
  }

  /**
   * Opens a file. The stream checks length and CRC when it is read to its end; it throws {@link
   * Damaged}.
   */
  InputStream open(String name) throws IOException {
    return new Content(this, need(name));
  }

  private Entry need(String name) throws Damaged {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new Damaged(name + ": absent (expected: a file of that name)");
    }
    return entry;
  }

  private ByteBuffer read(long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new Damaged("zip: cut off (expected: whole)");
      }
    }
    return bytes.flip();
  }

  private static void require(boolean holds, String what, String expected) throws Damaged {
    if (!holds) {
      throw new Damaged(
          "zip: "
              + countersign.verifier.Malformed.shown(what)
              + " (expected: "
              + expected
              + "; the file as it was exported, not packed again)");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The content of one file, unpacked. */
  private static final class Content extends InputStream {
    private static final int STEP = 1 << 16;
    private final ZipReader zip;
    private final Entry entry;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private long taken;
    private long given;
    private boolean ended;

    Content(ZipReader zip, Entry entry) {
      this.zip = zip;
      this.entry = entry;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      if (length == 0 || ended) {
        return length == 0 ? 0 : -1;
      }
      try {
        while (true) {
          int count = inflater.inflate(to, from, length);
          if (count > 0) {
            given += count;
            crc.update(to, from, count);
            require(given <= entry.size, entry.name, "its size");
            return count;
          }
          if (inflater.finished()) {
            return end();
          }
          require(inflater.needsInput() && taken < entry.packed, entry.name, "a whole stream");
          int step = (int) Math.min(STEP, entry.packed - taken);
          inflater.setInput(zip.read(entry.content + taken, step).array());
          taken += step;
        }
      } catch (DataFormatException e) {
        throw new Damaged(entry.name + ": not deflated (expected: a deflated stream)");
      }
    }

    private int end() throws IOException {
      ended = true;
      require(
          given == entry.size
              && taken == entry.packed
              && inflater.getRemaining() == 0
              && (int) crc.getValue() == entry.crc,
          entry.name,
          "its size and CRC");
      return -1;
    }

    @Override
    public void close() {
      inflater.end();
      ended = true;
    }
  }
}
