package countersign.edge.protocol.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Somebody between an edge and a target, with TLS on both sides and a certificate of his own. */
final class Between implements AutoCloseable {
  private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

  private final ServerSocket listens;
  private final SSLContext tls;
  private final int target;

  Between(int target, Path certificate, Path key) throws IOException, GeneralSecurityException {
    this.target = target;
    this.tls = context(certificate, key);
    this.listens = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listens.getLocalPort();
  }

  /** Whether the way through it is open: the target answers its SSLRequest. */
  boolean passes() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.getOutputStream().write(SSL_REQUEST);
      return socket.getInputStream().read() == 'S';
    }
  }

  private static SSLContext context(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    Certificate shown;
    try (InputStream pem = Files.newInputStream(certificate)) {
      shown = CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
    String body = Files.readString(key).replaceAll("-----[^-]+-----|\\s", "");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null);
    keys.setKeyEntry(
        "between",
        KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body))),
        new char[0],
        new Certificate[] {shown});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    return context;
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private void accept() {
    while (!listens.isClosed()) {
      try {
        Socket edge = listens.accept();
        Thread.ofVirtual().start(() -> serve(edge));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket edge) {
    try (edge;
        Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
      edge.getInputStream().readNBytes(8);
      there.getOutputStream().write(SSL_REQUEST);
      int answer = there.getInputStream().read();
      edge.getOutputStream().write(answer);
      SSLSocket out =
          (SSLSocket) tls.getSocketFactory().createSocket(there, "localhost", target, false);
      SSLSocket in = (SSLSocket) tls.getSocketFactory().createSocket(edge, null, false);
      in.setUseClientMode(false);
      out.startHandshake();
      Thread back = Thread.ofVirtual().start(() -> pump(out, in));
      pump(in, out);
      back.join();
    } catch (IOException | InterruptedException e) {
      // One side went away: both do.
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
      to.close();
    } catch (IOException e) {
      // The other direction notices too.
    }
  }

  @Override
  public void close() throws IOException {
    listens.close();
  }
}
