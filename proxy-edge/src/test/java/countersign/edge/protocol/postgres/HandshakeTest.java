package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.operation.DecisionKind;
import countersign.operation.Effect;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.FrontendMessage.Startup;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private WireClient dial() {
    return new WireClient(bench.edge.port());
  }

  private ErrorFields refused(String... parameters) {
    Map<String, String> all =
        new LinkedHashMap<>(Map.of("user", "agent-ada", "database", "orders"));
    for (int i = 0; i < parameters.length; i += 2) {
      all.put(parameters[i], parameters[i + 1]);
    }
    String password = all.containsKey("password") ? all.remove("password") : "good";
    try (WireClient client = dial()) {
      client.say(out -> Encode.startup(out, Startup.V3_0, all));
      BackendMessage first = client.next();
      if (first instanceof BackendMessage.AuthenticationCleartextPassword) {
        client.say(out -> Encode.password(out, password));
        first = client.next();
      }
      ErrorFields error = ((BackendMessage.ErrorResponse) first).fields();
      assertThat(error.severity()).isEqualTo("FATAL");
      assertThat(client.next()).as("closed afterwards").isNull();
      return error;
    }
  }

  @Test
  void saysWhyATokenIsRefused() {
    ErrorFields error = refused("password", "bad");
    assertThat(error.code()).isEqualTo("28P01");
    assertThat(error.message()).contains("token expired 3 min ago: run countersign token");
  }

  @Test
  void refusesAnotherNameThanTheTokens() {
    ErrorFields error = refused("user", "bob");
    assertThat(error.code()).isEqualTo("28000");
    assertThat(error.message())
        .contains("user: bob (expected: agent-ada, or a role of your duties)");
  }

  @Test
  void listsTheCallersTargetsForAnUnknownOne() {
    ErrorFields error = refused("database", "nowhere");
    assertThat(error.code()).isEqualTo("3D000");
    assertThat(error.hint()).contains("orders").doesNotContain("vault");
  }

  @Test
  void refusesATargetThatNoDutyNames() {
    assertThat(refused("database", "vault").code()).isEqualTo("42501");
  }

  @Test
  void refusesReplication() {
    assertThat(refused("replication", "database").code()).isEqualTo("0A000");
  }

  @Test
  void refusesSettingsThatChangeMeaningOrRights() {
    assertThat(refused("search_path", "evil").code()).isEqualTo("28000");
    assertThat(refused("options", "-c role=postgres").code()).isEqualTo("28000");
    assertThat(refused("options", "-crole=postgres").code()).isEqualTo("28000");
    assertThat(refused("options", "--default-transaction-read-only=off").code()).isEqualTo("28000");
    assertThat(refused("options", "-d 5").code()).isEqualTo("0A000");
    assertThat(refused("client_encoding", "SJIS").code()).isEqualTo("22023");
  }

  @Test
  void decidesOnWhatSteersTheSessionLikeOnItsSet() {
    assertThat(refused("search_path", "evil").detail()).startsWith("Rule: ");
    assertThat(bench.control.decided().getFirst().decision()).isEqualTo(DecisionKind.blocked);
    bench.duty(was ->
        new Duty(
            was.name(),
            was.groups(),
            was.targets(),
            List.of(bench.rule(Rule.Action.hold, Set.of(Effect.session)))));
    assertThat(refused("search_path", "evil").hint()).contains("SET it in the session");

    bench.allow(Set.of(Effect.session, Effect.read));
    Psql.Said said =
        Psql.run(
            List.of(
                "host=127.0.0.1 port="
                    + bench.edge.port()
                    + " user=agent-ada dbname=orders options='-c search_path=public,pg_catalog'"),
            "good",
            List.of("-c", "show search_path", "-c", "select lower('A')"),
            "");
    assertThat(said.out()).isEqualTo("public,pg_catalog\n");
    assertThat(said.err()).as("lower may be anybody's now").contains("blocked");
    assertThat(bench.control.decided())
        .anySatisfy(decided -> {
          assertThat(decided.decision()).isEqualTo(DecisionKind.allowed);
          assertThat(decided.effects()).containsExactly(Effect.session);
          assertThat(decided.text())
              .isEqualTo("SET search_path = 'public,pg_catalog' -- at the start");
          assertThat(bench.control.of(OperationCompleted.class))
              .anySatisfy(completed -> {
                assertThat(completed.operation()).isEqualTo(decided.operation());
                assertThat(completed.outcome()).isEqualTo("ok");
              });
        });
  }

  @Test
  void saysInTheTargetsWordsWhyItBeginsNoSession() {
    ErrorFields unknown = refused("database", "orders/nowhere");
    assertThat(unknown.code()).isEqualTo("3D000");
    assertThat(unknown.message()).isEqualTo("database \"nowhere\" does not exist");
    assertThat(refused("timezone", "Nowhere/At_All").code()).isEqualTo("22023");
  }

  @Test
  void passesHarmlessSettingsOn() {
    Psql.Said said =
        Psql.run(
            List.of(
                "host=127.0.0.1 port="
                    + bench.edge.port()
                    + " user=agent-ada dbname=orders/postgres application_name=t1"
                    + " options='-c statement_timeout=7s'"),
            "good",
            List.of("-c", "show statement_timeout", "-c", "show application_name"),
            "");
    assertThat(said.out()).as(said.err()).isEqualTo("7s\nt1\n");
  }

  @Test
  void saysNothingToWhoLeavesBeforeGreeting() {
    try (WireClient client = dial()) {
      client.raw(new byte[] {'X', 0, 0, 0, 4});
      assertThat(client.next()).isNull();
    }
  }

  @Test
  void negotiatesNewerMinorVersionsDown() {
    try (WireClient client = dial()) {
      client.say(out ->
          Encode.startup(out, Startup.V3_2 + 7, Map.of("user", "agent-ada", "database", "orders")));
      assertThat(client.next())
          .isInstanceOfSatisfying(
              BackendMessage.NegotiateProtocolVersion.class,
              told -> assertThat(told.newestMinor()).isEqualTo(2));
      assertThat(client.next()).isInstanceOf(BackendMessage.AuthenticationCleartextPassword.class);
      client.say(out -> Encode.password(out, "good"));
      assertThat(client.unit()).startsWith("AuthenticationOk").endsWith("ZI");
    }
  }

  @Test
  void givesCallersOfThreeTwoALongKeyThatCancels() {
    try (WireClient client = dial()) {
      client.say(out ->
          Encode.startup(out, Startup.V3_2, Map.of("user", "agent-ada", "database", "orders")));
      assertThat(client.next()).isInstanceOf(BackendMessage.AuthenticationCleartextPassword.class);
      client.say(out -> Encode.password(out, "good"));
      BackendMessage.BackendKeyData given = null;
      for (BackendMessage m = client.next();
          !(m instanceof BackendMessage.ReadyForQuery);
          m = client.next()) {
        given = m instanceof BackendMessage.BackendKeyData data ? data : given;
      }
      assertThat(given).isNotNull();
      assertThat(given.key()).hasSize(32);
      client.query("delete from payments where id = 1");
      bench.control.request(0);
      byte[] wrong = given.key().clone();
      wrong[31] ^= 1;
      int process = given.processId();
      cancel(process, wrong);
      cancel(process, given.key());
      assertThat(client.unit()).contains("57014").endsWith("ZI");
    }
  }

  private void cancel(int process, byte[] key) {
    try (WireClient canceller = dial()) {
      canceller.say(out -> Encode.cancelRequest(out, process, key));
      assertThat(canceller.next()).isNull();
    }
  }

  @Test
  void answersNToGssEncryptionAndToTlsItDoesNotHave() throws IOException {
    try (WireClient client = dial()) {
      client.say(Encode::gssEncRequest);
      assertThat(client.socket.getInputStream().read()).isEqualTo('N');
      client.say(Encode::sslRequest);
      assertThat(client.socket.getInputStream().read()).isEqualTo('N');
    }
  }

  @Test
  void closesOnNonsense() {
    try (WireClient client = dial()) {
      client.raw(
          "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(((BackendMessage.ErrorResponse) client.next()).fields().code()).isEqualTo("08P01");
      assertThat(client.next()).isNull();
    }
  }

  @Test
  void refusesAQueryBeforeThePassword() {
    try (WireClient client = dial()) {
      client.say(out ->
          Encode.startup(out, Startup.V3_0, Map.of("user", "agent-ada", "database", "orders")));
      client.next();
      client.query("select 1");
      assertThat(((BackendMessage.ErrorResponse) client.next()).fields().code()).isEqualTo("08P01");
    }
  }

  @Test
  void acceptsAStartupSplitAtEveryByte() {
    try (WireClient client = dial()) {
      byte[] startup =
          io.netty.buffer.ByteBufUtil.getBytes(
              Encode.startup(
                  io.netty.buffer.Unpooled.buffer(),
                  Startup.V3_0,
                  Map.of("user", "agent-ada", "database", "orders")));
      for (byte one : startup) {
        client.raw(new byte[] {one});
      }
      assertThat(client.next()).isInstanceOf(BackendMessage.AuthenticationCleartextPassword.class);
      client.say(out -> Encode.password(out, "good"));
      assertThat(client.unit()).endsWith("ZI");
      for (byte one :
          io.netty.buffer.ByteBufUtil.getBytes(
              Encode.query(io.netty.buffer.Unpooled.buffer(), "select 1"))) {
        client.raw(new byte[] {one});
      }
      assertThat(client.unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void servesOthersWhileHundredsStaySilent() throws IOException {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 600; i++) {
        silent.add(new Socket("127.0.0.1", bench.edge.port()));
      }
      try (WireClient client = bench.client()) {
        assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      }
      silent.getFirst().setSoTimeout(2_000);
      assertThat(
              new String(
                  silent.getFirst().getInputStream().readNBytes(30),
                  java.nio.charset.StandardCharsets.ISO_8859_1))
          .contains("53300");
    } finally {
      for (Socket one : silent) {
        one.close();
      }
    }
  }

  @Test
  void endsSessionsWithWordsWhenItStops() {
    try (WireClient client = bench.client()) {
      bench.edge.stop();
      assertThat(client.unit()).containsExactly("57P01", "end");
      assertThat(bench.edge.sessions()).isZero();
    }
  }

  @Test
  void opensNoSessionThatIsNotOnRecord() {
    bench.control.broken = true;
    assertThat(refused().message()).contains("the record cannot be written");
  }
}
