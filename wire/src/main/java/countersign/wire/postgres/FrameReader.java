package countersign.wire.postgres;

import countersign.wire.postgres.Piece.Chunk;
import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one direction of a conversation into messages, incrementally. The bytes of the pieces, one
 * after the other, are exactly the bytes fed. Not thread-safe: one reader belongs to one event
 * loop.
 *
 * <p>Memory: what is held is at most one incomplete message, and of messages that may pass in
 * chunks only their header.
 *
 * <p>After a {@link ProtocolViolation} the reader stays broken and throws it again.
 */
public final class FrameReader implements AutoCloseable {
  private static final int TYPED_HEADER = 5;

  /** What a Terminate looks like where the length of a startup message is expected. */
  private static final int TERMINATE = 'X' << 24;

  private static final int MOST_ROOM = 16 << 20;

  private Limits limits;
  private final boolean frontend;
  private boolean startup;
  private @Nullable ByteBuf held;
  private @Nullable ProtocolViolation broken;

  /** Bytes still to come of a message that is passing in chunks. */
  private int passing;

  private byte passingType;

  private FrameReader(Limits limits, boolean frontend, boolean startup) {
    this.limits = limits;
    this.frontend = frontend;
    this.startup = startup;
  }

  /** Reads what a client says, from its first byte: startup messages, then typed ones. */
  public static FrameReader frontend(Limits limits) {
    return new FrameReader(limits, true, true);
  }

  /** Reads what a client says after its startup message. */
  public static FrameReader frontendTyped(Limits limits) {
    return new FrameReader(limits, true, false);
  }

  /**
   * Reads what a server says. The single byte that answers an SSLRequest or GSSENCRequest is no
   * message: read it before feeding.
   */
  public static FrameReader backend(Limits limits) {
    return new FrameReader(limits, false, false);
  }

  /** Uses other bounds from the next piece on; a message that is passing in chunks goes on so. */
  public void limits(Limits other) {
    limits = other;
  }

  /**
   * Adds bytes. Drain with {@link #next()} afterwards.
   *
   * @param bytes taken over: the reader releases them
   */
  public void feed(ByteBuf bytes) {
    ByteBuf before = held;
    if (before == null) {
      held = bytes;
      return;
    }
    if (!before.isReadable()) {
      before.release();
      held = bytes;
      return;
    }
    try {
      int more = bytes.readableBytes();
      if (before.refCnt() > 1 || before.isReadOnly() || more > before.writableBytes()) {
        before = larger(before, more, bytes.alloc());
      }
      before.writeBytes(bytes);
    } finally {
      bytes.release();
    }
  }

  /** Copies into a buffer with as much room again, so that a big message costs linear time. */
  private ByteBuf larger(ByteBuf before, int more, ByteBufAllocator alloc) {
    int readable = before.readableBytes();
    ByteBuf grown = alloc.buffer(readable + more + Math.min(readable, MOST_ROOM));
    grown.writeBytes(before, before.readerIndex(), before.readableBytes());
    before.release();
    held = grown;
    return grown;
  }

  /**
   * Takes the next piece.
   *
   * @return a piece that the caller owns, or null when more bytes are needed
   * @throws ProtocolViolation when the bytes are not the protocol
   */
  public @Nullable Piece next() {
    if (broken != null) {
      throw broken;
    }
    ByteBuf bytes = held;
    if (bytes == null || !bytes.isReadable()) {
      return null;
    }
    try {
      Piece piece =
          passing > 0 ? passOn(bytes, passingType) : startup ? startup(bytes) : typed(bytes);
      if (!bytes.isReadable()) {
        close(); // between messages nothing is held, however long nobody says anything
      }
      return piece;
    } catch (ProtocolViolation e) {
      broken = e;
      throw e;
    }
  }

  private @Nullable Piece startup(ByteBuf bytes) {
    if (bytes.readableBytes() < 4) {
      return null;
    }
    int length = bytes.getInt(bytes.readerIndex());
    if (length == TERMINATE) {
      throw ProtocolViolation.unspoken("Terminate: (expected: a startup message)");
    }
    if (length < 8 || length > Limits.STARTUP) {
      throw ProtocolViolation.of(
          "startup length: " + length + " (expected: 8 to " + Limits.STARTUP + ")");
    }
    if (bytes.readableBytes() < length) {
      return null;
    }
    int code = bytes.getInt(bytes.readerIndex() + 4);
    startup = code == StartupDecoding.SSL || code == StartupDecoding.GSS_ENC;
    return new Frame(Frame.STARTUP, bytes.readRetainedSlice(length));
  }

  private @Nullable Piece typed(ByteBuf bytes) {
    if (bytes.readableBytes() < TYPED_HEADER) {
      return null;
    }
    byte type = bytes.getByte(bytes.readerIndex());
    int length = bytes.getInt(bytes.readerIndex() + 1);
    Bound bound = MessageCode.bound(frontend, type);
    check(type, length, bound);
    if (bound == Bound.rows && limits.runs()) {
      return passOn(bytes, type);
    }
    if (bytes.readableBytes() > length) {
      return new Frame(type, bytes.readRetainedSlice(length + 1));
    }
    if (bound.mayPass && length > limits.chunkFrom()) {
      return passOn(bytes, type);
    }
    return null;
  }

  private void check(byte type, int length, Bound bound) {
    int most = bound.most(limits);
    if (length < 4 || length > most) {
      throw ProtocolViolation.of(
          "length of message "
              + MessageCode.name(frontend, type)
              + ": "
              + length
              + " (expected: 4 to "
              + most
              + ")");
    }
  }

  /** Hands out the rest of a passing message, and while they are of one type, the ones after it. */
  private Piece passOn(ByteBuf bytes, byte type) {
    int start = bytes.readerIndex();
    int end = bytes.writerIndex();
    int at = start;
    int begun = 0;
    boolean run = limits.runs() && MessageCode.bound(frontend, type) == Bound.rows;
    if (passing > 0) {
      int step = Math.min(passing, end - at);
      passing -= step;
      at += step;
      run &= passing == 0;
    }
    while ((run || begun == 0 && at == start)
        && end - at >= TYPED_HEADER
        && bytes.getByte(at) == type) {
      int length = bytes.getInt(at + 1);
      if (at > start && (length < 4 || length > Limits.LARGE)) {
        break; // what came before it is fine and goes out first
      }
      check(type, length, MessageCode.bound(frontend, type));
      begun++;
      long whole = 1L + length;
      if (at + whole > end) {
        passing = (int) (at + whole - end);
        passingType = type;
        at = end;
        break;
      }
      at += (int) whole;
      if (!run) {
        break;
      }
    }
    return new Chunk(type, bytes.readRetainedSlice(at - start), begun, passing == 0);
  }

  /** Bytes that are held and belong to no piece yet. After an SSLRequest it must be 0. */
  public int buffered() {
    return held == null ? 0 : held.readableBytes();
  }

  /** Whether nothing is held and no message is passing: the stream may end here. */
  public boolean atBoundary() {
    return buffered() == 0 && passing == 0;
  }

  /** Releases what is held. Idempotent. */
  @Override
  public void close() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
