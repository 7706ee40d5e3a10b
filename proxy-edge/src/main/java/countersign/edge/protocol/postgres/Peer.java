package countersign.edge.protocol.postgres;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Who is at the other end of a connection. */
final class Peer {
  private Peer() {}

  /** Address and port, empty when the connection is gone already. */
  static String address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        ? peer.getAddress().getHostAddress() + ":" + peer.getPort()
        : "";
  }

  /** Whether it is this machine, by the loopback interface. */
  static boolean loopback(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        && peer.getAddress().isLoopbackAddress();
  }
}
