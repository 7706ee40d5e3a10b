package countersign.wire.recording;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one segment of a recording.
 *
 * <p>Format, version 1: one byte {@code 0x01}; the length of what follows once decompressed as an
 * unsigned LEB128; one zstd frame. Decompressed, a segment is a sequence of frames, each
 *
 * <ul>
 *   <li>an unsigned LEB128 of {@code length * 2 + direction} (0 in, 1 out), length from 1 to 65,536
 *   <li>an unsigned LEB128 of the microseconds since the frame before, for the first frame since
 *       the segment's {@code fromMicros}
 *   <li>that many bytes
 * </ul>
 *
 * <p>The payload of a segment (the frames' bytes without headers) is at most 64 KiB.
 */
public final class SegmentCodec {
  /** Most payload of one segment in bytes. */
  public static final int MOST_PAYLOAD = 64 << 10;

  /** Most frames of one segment: a frame has at least one byte of payload and 2 to 12 of header. */
  static final int MOST_PLAIN = MOST_PAYLOAD * 13;

  private static final byte VERSION = 1;
  private static final int LEVEL = 1;

  private SegmentCodec() {}

  /** Which way bytes went: {@code in} from the caller, {@code out} to the caller. */
  public enum Direction {
    in,
    out
  }

  /**
   * Bytes that went one way at one moment.
   *
   * @param micros µs since the frame before, for the first frame since the segment's beginning
   */
  public record Frame(Direction direction, long micros, byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Frame that
          && direction == that.direction
          && micros == that.micros
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes) * 31 + Long.hashCode(micros) * 2 + direction.ordinal();
    }
  }

  /** The bytes are no segment. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * What an encoder wrote.
   *
   * @param frames the encoded frames
   * @param inLength payload bytes of the caller's direction
   * @param outLength payload bytes of the target's direction
   * @param fromMicros time of the first frame
   * @param toMicros time of the last frame
   */
  public record Segment(
      byte[] frames, int inLength, int outLength, long fromMicros, long toMicros) {}

  /**
   * Collects the frames of one session's recording; reused for all its segments. Not thread-safe.
   * Holds native memory until {@link #close}.
   */
  public static final class Encoder implements AutoCloseable {
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private byte[] plain = new byte[8 << 10];
    private byte[] encoded = new byte[0];
    private int length;
    private int inLength;
    private int outLength;
    private long fromMicros;
    private long toMicros;

    /** Makes an empty encoder. */
    public Encoder() {
      zstd.setLevel(LEVEL);
      zstd.setChecksum(false);
      zstd.setContentSize(true);
    }

    /** Payload bytes collected. */
    public int payload() {
      return inLength + outLength;
    }

    /** Whether nothing is collected. */
    public boolean isEmpty() {
      return payload() == 0;
    }

    /** Time of the first frame collected; meaningless when empty. */
    public long fromMicros() {
      return fromMicros;
    }

    /**
     * Adds as many bytes as fit.
     *
     * @param micros time since the session opened; a time before the last frame's counts as that
     * @param bytes read from its reader index, which moves
     * @return whether all of them fit; otherwise {@link #finish} and call again with the rest
     */
    public boolean add(Direction direction, long micros, ByteBuf bytes) {
      int fits = Math.min(bytes.readableBytes(), MOST_PAYLOAD - payload());
      if (fits > 0) {
        header(direction, micros, fits);
        bytes.readBytes(plain, length, fits);
        length += fits;
        if (direction == Direction.in) {
          inLength += fits;
        } else {
          outLength += fits;
        }
      }
      return !bytes.isReadable();
    }

    private void header(Direction direction, long micros, int bytes) {
      if (isEmpty()) {
        fromMicros = micros;
        toMicros = micros;
      }
      long delta = Math.max(0, micros - toMicros);
      toMicros += delta;
      if (plain.length - length < bytes + 16) {
        plain = Arrays.copyOf(plain, Math.max(length + bytes + 16, plain.length * 2));
      }
      length = Varint.write(plain, length, (long) bytes * 2 + direction.ordinal());
      length = Varint.write(plain, length, delta);
    }

    /**
     * Closes the segment and begins the next.
     *
     * @return the segment, null when nothing was collected
     */
    public @Nullable Segment finish() {
      if (isEmpty()) {
        return null;
      }
      int most = 6 + (int) Zstd.compressBound(length);
      if (encoded.length < most) {
        encoded = new byte[most];
      }
      encoded[0] = VERSION;
      int at = Varint.write(encoded, 1, length);
      int compressed = zstd.compressByteArray(encoded, at, encoded.length - at, plain, 0, length);
      Segment segment =
          new Segment(
              Arrays.copyOf(encoded, at + compressed), inLength, outLength, fromMicros, toMicros);
      length = 0;
      inLength = 0;
      outLength = 0;
      return segment;
    }

    /** Frees the native memory. Idempotent. */
    @Override
    public void close() {
      zstd.close();
    }
  }

  /**
   * Reads a segment.
   *
   * @throws Malformed when it is not one, or too big for one
   */
  public static List<Frame> decode(byte[] encoded) {
    if (encoded.length < 3 || encoded[0] != VERSION) {
      throw new Malformed("segment version: (expected: " + VERSION + ")");
    }
    Varint declared = new Varint(encoded, 1, Math.min(encoded.length, 6));
    long size = declared.next();
    if (size < 3 || size > MOST_PLAIN) {
      throw new Malformed("segment size: " + size + " (expected: 3 to " + MOST_PLAIN + ")");
    }
    return frames(decompress(encoded, declared.at(), (int) size));
  }

  private static byte[] decompress(byte[] encoded, int from, int size) {
    byte[] plain = new byte[size];
    long got;
    try {
      got = Zstd.decompressByteArray(plain, 0, size, encoded, from, encoded.length - from);
    } catch (ZstdException e) {
      throw new Malformed("segment: not zstd (expected: one zstd frame)");
    }
    if (Zstd.isError(got) || got != size) {
      throw new Malformed("segment size: " + size + " (expected: what its zstd frame holds)");
    }
    return plain;
  }

  private static List<Frame> frames(byte[] plain) {
    List<Frame> frames = new ArrayList<>();
    Varint reading = new Varint(plain, 0, plain.length);
    long payload = 0;
    while (!reading.atEnd()) {
      long head = reading.next();
      long micros = reading.next();
      long length = head >>> 1;
      payload += length;
      if (length < 1 || payload > MOST_PAYLOAD || length > reading.remaining() || micros < 0) {
        throw new Malformed(
            "frame length: " + length + " (expected: 1 to " + reading.remaining() + ")");
      }
      Direction direction = (head & 1) == 0 ? Direction.in : Direction.out;
      frames.add(new Frame(direction, micros, reading.bytes((int) length)));
    }
    return frames;
  }
}
