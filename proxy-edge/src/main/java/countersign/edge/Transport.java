package countersign.edge;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.ThreadFactory;

/**
 * What event loops and sockets are made of: Linux's epoll where its library can be loaded, which
 * wakes up and selects for less, the JDK's own selector elsewhere. Both do the same.
 */
public enum Transport {
  /** Linux. */
  epoll,
  /** Everywhere. */
  nio;

  /** The best this machine has. */
  public static Transport best() {
    return Epoll.isAvailable() ? epoll : nio;
  }

  /** Makes event loops. */
  public EventLoopGroup loops(int threads, ThreadFactory factory) {
    return switch (this) {
      case epoll -> new EpollEventLoopGroup(threads, factory);
      case nio -> new NioEventLoopGroup(threads, factory);
    };
  }

  /** Of which make event loops are. */
  public static Transport of(EventLoopGroup loops) {
    EventLoopGroup group = loops instanceof EventLoop loop ? loop.parent() : loops;
    return group instanceof EpollEventLoopGroup ? epoll : nio;
  }

  /** What listens. */
  Class<? extends ServerChannel> listening() {
    return switch (this) {
      case epoll -> EpollServerSocketChannel.class;
      case nio -> NioServerSocketChannel.class;
    };
  }

  /** What connects. */
  public Class<? extends SocketChannel> connecting() {
    return switch (this) {
      case epoll -> EpollSocketChannel.class;
      case nio -> NioSocketChannel.class;
    };
  }
}
