package countersign.edge.protocol.postgres;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection. */
final class Peer {
  private Peer() {}

  /** Address and port, empty when the connection is gone already. */
  static String address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        ? peer.getAddress().getHostAddress() + ":" + peer.getPort()
        : "";
  }

  /**
   * The certificate it showed and proved to hold the key of, whoever signed it.
   *
   * @return {@code x5t#S256} of RFC 8705: SHA-256 of the DER as base64url without padding; null
   *     when it showed none
   */
  static @Nullable String certificate(Channel channel) {
    if (!(channel.pipeline().get("tls") instanceof SslHandler tls)) {
      return null;
    }
    try {
      byte[] der = tls.engine().getSession().getPeerCertificates()[0].getEncoded();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(der);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      return null;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** Whether it is this machine, by the loopback interface. */
  static boolean loopback(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        && peer.getAddress().isLoopbackAddress();
  }
}
