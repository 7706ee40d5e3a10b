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
import java.util.List;
import java.util.Map;
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
