package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The first minutes: sign in, connect, look at the session. */
final class SignInIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static RunningDemo demo;

  @BeforeAll
  static void start() {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  private static HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(demo.url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void aSignInLinkSetsACookieThatTheApiTakes() throws Exception {
    HttpResponse<String> signedIn = get("/demo/as/bob");
    assertThat(signedIn.statusCode()).isEqualTo(303);
    assertThat(signedIn.headers().firstValue("location")).hasValue("/");
    String cookie = signedIn.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie)
        .startsWith("countersign=")
        .containsIgnoringCase("; HttpOnly")
        .contains("; SameSite=Strict");
    HttpResponse<String> who =
        get("/api/v1/whoami", "Cookie", cookie.substring(0, cookie.indexOf(';')));
    assertThat(who.statusCode()).isEqualTo(200);
    assertThat(Rest.JSON.readTree(who.body()).path("name").asText()).isEqualTo("bob");
    assertThat(get("/api/v1/whoami").statusCode()).as("without it").isEqualTo(401);
  }

  @Test
  void nobodyElseCanSignIn() throws Exception {
    HttpResponse<String> mallory = get("/demo/as/mallory");
    assertThat(mallory.statusCode()).isEqualTo(404);
    assertThat(mallory.headers().firstValue("set-cookie")).isEmpty();
    assertThat(get("/api/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aCallOverTlsWithTheEdgesOwnAuthorityIsASessionInTheApi() throws Exception {
    java.nio.file.Path ca = java.nio.file.Files.createTempFile("ca", ".pem");
    java.nio.file.Files.writeString(ca, get("/ca.pem").body());
    String answer =
        Psql.run(
            "host=localhost port="
                + demo.port(6432)
                + " user=agent-bot dbname=orders sslmode=verify-full sslrootcert="
                + ca,
            demo.token("agent-bot"),
            "-c",
            "select 'hello'");
    java.nio.file.Files.delete(ca);
    assertThat(answer).contains("hello");
    Pause.until(
        "the session in the list",
        java.time.Duration.ofSeconds(10),
        () ->
            demo.as("frank").all("sessions?principal=agent-bot").stream()
                .anyMatch(session -> session.path("chain").size() == 3));
  }

  @Test
  void everyPageOfTheApplicationCanBeOpenedByItsLinkAndNothingElseIsAPage() throws Exception {
    for (String page : new String[] {"/", "/approvals/apr-7k2m9xw4c8tn5rbj", "/sessions"}) {
      HttpResponse<String> answer = get(page, "Accept", "text/html,*/*;q=0.8");
      assertThat(answer.statusCode()).as(page).isEqualTo(200);
      assertThat(answer.body()).as(page).contains("<div id=\"root\">");
    }
    for (String none : new String[] {"/api/v1/none", "/demo/none", "/assets/none.js", "/q/none"}) {
      assertThat(get(none, "Accept", "text/html").statusCode()).as(none).isEqualTo(404);
    }
  }

  @Test
  void healthMetricsAndOpenApiAnswer() throws Exception {
    assertThat(get("/q/health/ready").body()).contains("\"UP\"").doesNotContain("\"DOWN\"");
    assertThat(get("/q/metrics").body()).contains("countersign_sessions_open");
    assertThat(get("/q/openapi").statusCode()).isEqualTo(200);
  }
}
