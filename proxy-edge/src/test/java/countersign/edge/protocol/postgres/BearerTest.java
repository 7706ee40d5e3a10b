package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.FrontendMessage.SaslInitial;
import countersign.wire.postgres.FrontendMessage.Startup;
import countersign.wire.postgres.ProtocolViolation;
import countersign.wire.recording.SegmentCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTest {
  private static String token(String response) {
    return Bearer.token(new SaslInitial("OAUTHBEARER", response));
  }

  @Test
  void readsWhatTheRfcShows() {
    assertThat(
            token(
                "n,,\001host=server.example.com\001port=143\001auth=Bearer"
                    + " vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001"))
        .isEqualTo("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
    assertThat(token("y,,\001auth=bearer a.b-c_d\001\001")).isEqualTo("a.b-c_d");
    assertThat(token("n,,\001auth=\001\001")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n,,",
        "n,,\001\001",
        "n,,\001auth=Bearer secret\001",
        "n,,\001auth=Basic secret\001\001",
        "n,,\001auth=Bearer secret two\001\001",
        "n,a=bob,\001auth=Bearer secret\001\001",
        "p=tls-unique,,\001auth=Bearer secret\001\001",
        "n,,\001auth=Bearer secret\001auth=Bearer secret\001\001",
        "n,,\001auth=Bearer secret\001\001more"
      })
  void refusesAnythingElseWithoutRepeatingIt(String response) {
    assertThatThrownBy(() -> token(response))
        .isInstanceOf(ProtocolViolation.class)
        .hasMessageNotContaining("secret");
  }

  private static WireClient asking(Bench bench) {
    WireClient client = new WireClient(bench.edge.port());
    client.say(out ->
        Encode.startup(
            out,
            Startup.V3_0,
            Map.of(
                "user",
                "agent-ada",
                "database",
                "orders",
                "options",
                "-c countersign.auth=oauth")));
    assertThat(client.next())
        .isInstanceOfSatisfying(
            BackendMessage.AuthenticationSasl.class,
            sasl -> assertThat(sasl.mechanisms()).containsExactly("OAUTHBEARER"));
    return client;
  }

  private static void show(WireClient client, String token) {
    String auth = token.isEmpty() ? "" : "Bearer " + token;
    byte[] response = ("n,,\001auth=" + auth + "\001\001").getBytes(StandardCharsets.UTF_8);
    client.say(out -> Encode.saslInitialResponse(out, "OAUTHBEARER", response));
  }

  @Test
  void letsACallerInByItsTokenAndRecordsNothingOfIt() {
    try (Bench bench = new Bench();
        WireClient client = asking(bench)) {
      show(client, "good");
      assertThat(client.next()).isInstanceOf(BackendMessage.AuthenticationOk.class);
      assertThat(client.unit()).endsWith("ZI");
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
      client.close();
      Eventually.that(
          () -> !bench.control.of(countersign.session.SessionEvent.Closed.class).isEmpty());
      assertThat(new String(bench.recorded(SegmentCodec.Direction.in), StandardCharsets.UTF_8))
          .contains("select 1")
          .doesNotContain("Bearer")
          .doesNotContain("good");
    }
  }

  @Test
  void tellsWhereTokensComeFromAndThenRefuses() {
    try (Bench bench = new Bench()) {
      for (String token : new String[] {"", "expired"}) {
        try (WireClient client = asking(bench)) {
          show(client, token);
          assertThat(client.next())
              .isInstanceOfSatisfying(
                  BackendMessage.AuthenticationSaslContinue.class,
                  more ->
                      assertThat(more.data().toString(StandardCharsets.UTF_8))
                          .startsWith("{\"status\":\"invalid_token\""));
          client.say(out -> Encode.saslResponse(out, new byte[] {1}));
          assertThat(((BackendMessage.ErrorResponse) client.next()).fields().code())
              .isEqualTo("28P01");
          assertThat(client.next()).isNull();
        }
      }
    }
  }
}
