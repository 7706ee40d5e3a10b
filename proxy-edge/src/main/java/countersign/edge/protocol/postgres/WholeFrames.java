package countersign.edge.protocol.postgres;

import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.FrameReader;
import countersign.wire.postgres.Limits;
import countersign.wire.postgres.Piece;
import countersign.wire.postgres.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Reads what a target answers on a connection of the edge's own, message by message: rows are
 * looked into there, not passed on. Confined to the connection's event loop.
 */
abstract class WholeFrames extends ChannelInboundHandlerAdapter {
  private final FrameReader reader;

  WholeFrames(Limits limits) {
    this.reader = FrameReader.backend(limits);
  }

  /** Whether nothing more is heard. */
  abstract boolean over();

  /**
   * Takes a message.
   *
   * @param message its buffers are released after the call
   * @param bytes length of its frame
   * @throws IllegalArgumentException if it holds too much; {@link #broken} says so
   */
  abstract void take(ChannelHandlerContext context, BackendMessage message, int bytes);

  /** The connection is of no use any more; may be called again and then does nothing. */
  abstract void broken(ChannelHandlerContext context, String why);

  /** Releases what was read in part. Nothing is heard after it. */
  final void stopReading() {
    reader.close();
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    if (over()) {
      ((ByteBuf) message).release();
      return;
    }
    reader.feed((ByteBuf) message);
    try {
      Piece piece = reader.next();
      while (piece != null) {
        try {
          take(context, piece);
        } finally {
          piece.release();
        }
        piece = over() ? null : reader.next();
      }
    } catch (ProtocolViolation | IllegalArgumentException e) {
      broken(context, String.valueOf(e.getMessage()));
    }
  }

  private void take(ChannelHandlerContext context, Piece piece) {
    if (piece instanceof Piece.Frame frame) {
      take(context, BackendMessage.decode(frame), frame.bytes().readableBytes());
    } else {
      broken(context, "a row too large");
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    broken(context, "the connection was closed");
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken(context, "the connection failed");
  }

  /** Sends; a failed write closes the channel, which is heard. */
  @SuppressWarnings("FutureReturnValueIgnored")
  static void send(ChannelHandlerContext context, ByteBuf bytes) {
    context.writeAndFlush(bytes);
  }
}
