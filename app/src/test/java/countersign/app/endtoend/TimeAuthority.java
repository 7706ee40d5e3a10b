package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A time stamping authority: openssl behind a small HTTP server. {@code root.pem} in its directory
 * vouches for it.
 */
final class TimeAuthority implements AutoCloseable {
  private static final String CONFIGURATION =
      """
      [tsa]
      default_tsa = one
      [one]
      serial = serial
      crypto_device = builtin
      signer_cert = tsa.pem
      signer_key = tsa.key
      signer_digest = sha256
      default_policy = 1.2.3.4.1
      digests = sha256
      [req]
      distinguished_name = dn
      [dn]
      [root]
      basicConstraints = critical,CA:TRUE
      keyUsage = critical,keyCertSign
      [stamping]
      extendedKeyUsage = critical,timeStamping
      """;

  private static final String KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  private final Path home;
  private final HttpServer server;

  private TimeAuthority(Path home) throws IOException {
    this.home = home;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/tsr", this::answer);
    server.start();
  }

  static TimeAuthority open() throws Exception {
    Path home = Files.createTempDirectory("time-authority");
    Files.writeString(home.resolve("ts.cnf"), CONFIGURATION);
    Files.writeString(home.resolve("serial"), "01\n");
    openssl(
        home,
        "req -x509 "
            + KEY
            + " -keyout root.key -out root.pem -days 30 -subj /CN=root"
            + " -config ts.cnf -extensions root");
    openssl(home, "req " + KEY + " -keyout tsa.key -out tsa.csr -subj /CN=tsa -config ts.cnf");
    openssl(
        home,
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -out tsa.pem"
            + " -extfile ts.cnf -extensions stamping");
    return new TimeAuthority(home);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/tsr";
  }

  Path root() {
    return home.resolve("root.pem");
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Files.write(home.resolve("request.tsq"), exchange.getRequestBody().readAllBytes());
      openssl(home, "ts -reply -config ts.cnf -queryfile request.tsq -out response.tsr");
      byte[] answer = Files.readAllBytes(home.resolve("response.tsr"));
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void openssl(Path home, String arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("openssl"));
    line.addAll(List.of(arguments.split(" +")));
    Program.Ran ran = Program.run(home, Map.of(), line);
    assertThat(ran.exit()).as(arguments + "\n" + ran.err()).isZero();
  }

  /** Answers nobody from now on. */
  @Override
  public void close() {
    server.stop(0);
  }
}
