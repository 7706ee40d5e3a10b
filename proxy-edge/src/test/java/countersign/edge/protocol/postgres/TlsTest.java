package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.FrontendMessage.Startup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

class TlsTest {
  private final TargetServer target = TargetServer.shared();

  private Bench secured(Target.Tls tls, int listen) {
    return new Bench(new Bench.Wiring(target.certificate, target.key, tls, listen));
  }

  private Psql.Said psql(int port, String database, String sslmode, String... commands) {
    List<String> arguments = new java.util.ArrayList<>();
    for (String command : commands) {
      arguments.addAll(List.of("-c", command));
    }
    String where =
        "host=localhost port=%d user=agent-ada dbname=%s sslmode=%s sslrootcert=%s"
            .formatted(port, database, sslmode, target.certificate);
    return Psql.run(List.of(where), "good", arguments, "");
  }

  @Test
  void servesPsqlThroughTlsOnBothSides() {
    try (Bench bench = secured(Target.Tls.require, 0)) {
      Psql.Said said =
          psql(
              bench.edge.port(),
              "orders",
              "verify-full",
              "select count(*) from payments",
              "select repeat('x', 100000)");
      assertThat(said.out()).as(said.err()).startsWith("1000\nxxx").hasSize(100_006);
    }
  }

  /** What libpq 17 does with sslnegotiation=direct. */
  @Test
  void servesTlsFromTheFirstByteWhenItNamesThePostgresqlProtocol() throws Exception {
    try (Bench bench = secured(Target.Tls.require, 0)) {
      assertThat(firstAnswer(bench, "postgresql")).isEqualTo((int) 'R');
      assertThat(firstAnswer(bench, null)).isEqualTo((int) 'E');
      assertThat(firstAnswer(bench, "h2")).isEqualTo((int) 'E');
    }
  }

  private int firstAnswer(Bench bench, String protocol) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (var pem = Files.newInputStream(target.certificate)) {
      trusted.setCertificateEntry(
          "edge", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", bench.edge.port())) {
      socket.setSoTimeout(10_000);
      if (protocol != null) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
      }
      ByteBuf startup = Unpooled.buffer();
      Encode.startup(startup, Startup.V3_0, Map.of("user", "agent-ada", "database", "orders"));
      socket.getOutputStream().write(ByteBufUtil.getBytes(startup));
      return socket.getInputStream().read();
    }
  }

  @Test
  void refusesPlaintextAndNamesSslmode() {
    try (Bench bench = secured(Target.Tls.disable, 0)) {
      Psql.Said said = psql(bench.edge.port(), "orders", "disable", "select 1");
      assertThat(said.exit()).isEqualTo(2);
      assertThat(said.err()).contains("FATAL", "TLS is required", "sslmode=verify-full");
    }
  }

  @Test
  void refusesBytesInjectedBeforeTls() {
    try (Bench bench = secured(Target.Tls.disable, 0);
        WireClient client = new WireClient(bench.edge.port())) {
      ByteBuf both = Encode.sslRequest(Unpooled.buffer());
      Encode.startup(both, Startup.V3_0, Map.of("user", "agent-ada", "database", "orders"));
      client.raw(ByteBufUtil.getBytes(both));
      assertThat(((BackendMessage.ErrorResponse) client.next()).fields().code()).isEqualTo("08P01");
      assertThat(client.next()).isNull();
    }
  }

  @Test
  void doesNotTrustATargetThatCannotProveItsName() {
    try (Bench bench = secured(Target.Tls.verifyFull, 0)) {
      Psql.Said said = psql(bench.edge.port(), "orders", "require", "select 1");
      assertThat(said.err()).contains("target orders: TLS failed");
    }
  }

  @Test
  void servesATargetOnItsOwnPortByTheDatabasesOwnName() throws IOException {
    int listen;
    try (ServerSocket free = new ServerSocket(0)) {
      listen = free.getLocalPort();
    }
    try (Bench bench = secured(Target.Tls.prefer, listen)) {
      assertThat(psql(listen, "template1", "require", "select 7").out()).isEqualTo("7\n");
      assertThat(psql(bench.edge.port(), "orders/template1", "require", "select 8").out())
          .isEqualTo("8\n");
      bench.control.rulebook(countersign.duty.Rulebook.EMPTY);
      Eventually.that(() -> psql(listen, "template1", "require", "select 7").exit() == 2);
    }
  }
}
