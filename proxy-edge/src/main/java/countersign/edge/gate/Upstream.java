package countersign.edge.gate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/**
 * The way to a target. Bytes go out only with a {@link Permit}. Confined to the session's event
 * loop.
 */
public final class Upstream {
  private final Channel channel;

  /** Takes over a connection that is logged in. */
  public Upstream(Channel channel) {
    this.channel = channel;
  }

  /**
   * Sends bytes, in order, with the next {@link #flush()}.
   *
   * @param permit the gate's leave
   * @param bytes taken over
   */
  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is heard
  public void send(Permit permit, ByteBuf bytes) {
    java.util.Objects.requireNonNull(permit);
    channel.write(bytes, channel.voidPromise());
  }

  /** Lets the bytes go. */
  public void flush() {
    channel.flush();
  }

  /** Whether more may be sent without piling up. */
  public boolean writable() {
    return channel.isWritable();
  }

  /** Reads on, or stops reading. */
  public void read(boolean on) {
    channel.config().setAutoRead(on);
  }

  /** Closes after what was sent has gone. Idempotent. */
  @SuppressWarnings("FutureReturnValueIgnored") // the listener is told
  public void close() {
    channel
        .writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
        .addListener(ChannelFutureListener.CLOSE);
  }
}
