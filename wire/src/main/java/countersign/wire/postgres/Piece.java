package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;

/**
 * What a {@link FrameReader} hands out: pieces that, written one after the other, are exactly the
 * bytes that came in. Whoever takes a piece owns its {@link #bytes()} and releases them (or writes
 * them to a channel, which does).
 */
public sealed interface Piece {

  /** Type byte of the message, {@link Frame#STARTUP} for messages of the startup phase. */
  byte type();

  /** The bytes, headers included. */
  ByteBuf bytes();

  /** Releases the bytes. */
  default void release() {
    ReferenceCounted counted = bytes();
    counted.release();
  }

  /**
   * One whole message.
   *
   * @param type its type byte, {@link #STARTUP} when it has none
   * @param bytes the whole message: type byte (unless startup), length, body
   */
  record Frame(byte type, ByteBuf bytes) implements Piece {
    /** Stands for "no type byte". */
    public static final byte STARTUP = 0;

    /** The body, without type and length: a view that lives as long as {@link #bytes()}. */
    public ByteBuf body() {
      int header = type == STARTUP ? 4 : 5;
      return bytes.slice(bytes.readerIndex() + header, bytes.readableBytes() - header);
    }
  }

  /**
   * Bytes of messages that pass without being looked at: part of one that is too big to hold, or a
   * run of many small ones of the same type.
   *
   * @param type type byte of all of them
   * @param bytes the bytes; may begin and end in the middle of a message
   * @param begun how many messages begin in them
   * @param complete whether the last byte is the last of its message
   */
  record Chunk(byte type, ByteBuf bytes, int begun, boolean complete) implements Piece {}
}
