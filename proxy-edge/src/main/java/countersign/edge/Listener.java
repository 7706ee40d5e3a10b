package countersign.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** One listening TCP port. Thread-safe. */
public final class Listener implements AutoCloseable {
  /** How much may wait for a slow reader before its source is no longer read. */
  public static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(256 << 10, 1 << 20);

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Binds and begins to accept. Blocks until bound: not for event loops.
   *
   * @param accepted called on the connection's event loop before it reads
   * @throws java.io.UncheckedIOException if the port is taken
   */
  public static Listener bind(
      EventLoopGroup loops, String address, int port, Consumer<SocketChannel> accepted) {
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(Transport.of(loops).listening())
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accepted.accept(channel);
                  }
                })
            .bind(address, port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new java.io.UncheckedIOException(
          new java.io.IOException(
              "listen: " + address + ":" + port + " (expected: a free port)", bound.cause()));
    }
    return new Listener(bound.channel());
  }

  /** The port listened on. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Stops accepting; connections live on. Idempotent. Blocks: not for event loops. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}
