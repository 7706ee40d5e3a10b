package countersign.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import countersign.session.SessionCommand;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.ApprovalView;
import countersign.view.SessionView;
import countersign.view.Views;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@Timeout(60)
final class ApiTest {
  private static final String PROBLEM = "application/problem+json";

  @Inject InMemoryPorts ports;

  @TestHTTPResource URI base;

  private SessionView session;
  private ApprovalView approval;

  @BeforeEach
  void rows() {
    ports.commands.clear();
    session = Shown.session("open", List.of("alice"), 0, 0, 0);
    approval = Shown.approval(session.id(), "pending", List.of("alice"));
    ports.sessions.put(session.id(), session);
    ports.approvals.put(approval.id(), approval);
    ports.operations.put(
        session.id(), List.of(Shown.operation(session.id(), 1, "select 'secret'")));
  }

  private static RequestSpecification as(String token) {
    return given().urlEncodingEnabled(false).header("Authorization", "Bearer " + token);
  }

  @Test
  void letsNobodyInWithoutAToken() {
    given()
        .get("/api/v1/whoami")
        .then()
        .statusCode(401)
        .contentType(PROBLEM)
        .header("WWW-Authenticate", startsWith("Bearer"))
        .header("Cache-Control", "no-store")
        .body("type", equalTo("urn:countersign:problem:unauthenticated"));
    as("expired")
        .get("/api/v1/whoami")
        .then()
        .statusCode(401)
        .body("detail", equalTo("token expired 3 min ago: run countersign token"));
    given().header("Authorization", "Basic eDp5").get("/api/v1/whoami").then().statusCode(401);
  }

  @Test
  void saysWhoAsks() {
    as("frank")
        .get("/api/v1/whoami")
        .then()
        .statusCode(200)
        .body("name", equalTo("frank"))
        .body("chain", equalTo(List.of("frank")))
        .body("kind", equalTo("human"))
        .body("powers", equalTo(List.of("respond")))
        .body("expires", notNullValue());
  }

  @Test
  void answersGoneForWhatWasErasedAndAsksForErasuresOfAdministratorsOnly() {
    SessionView erased = Shown.session("erased", List.of(""), 0, 0, 0);
    ports.sessions.put(erased.id(), erased);
    for (String path :
        List.of("recording", "recording/index", "timeline", "operations", "export?format=pcapng")) {
      as("frank")
          .get("/api/v1/sessions/" + erased.id() + "/" + path)
          .then()
          .statusCode(410)
          .contentType(PROBLEM)
          .body("type", equalTo("urn:countersign:problem:erased"));
    }
    String erase = "/api/v1/sessions/" + session.id() + ":erase";
    String why = "{\"reason\":\"asked by letter\"}";
    as("dana").contentType("application/json").body(why).post(erase).then().statusCode(403);
    as("erin").contentType("application/json").body("{}").post(erase).then().statusCode(400);
    as("erin")
        .contentType("application/json")
        .body(why)
        .post(erase)
        .then()
        .statusCode(200)
        .body("requested", equalTo(1))
        .body("erasures[0].state", equalTo("requested"));
    as("erin")
        .contentType("application/json")
        .body(why)
        .post(erase)
        .then()
        .statusCode(200)
        .body("requested", equalTo(0))
        .body("already", equalTo(1));
    as("alice").get("/api/v1/erasures").then().statusCode(403);
    as("erin")
        .contentType("application/json")
        .body(why)
        .post("/api/v1/holds")
        .then()
        .statusCode(403);
    as("dana")
        .contentType("application/json")
        .body("{\"principal\":\"alice\",\"reason\":\"case 12\"}")
        .post("/api/v1/holds")
        .then()
        .statusCode(200)
        .body("state", equalTo("inForce"));
  }

  @Test
  void takesASecretAndGivesItToNobody() {
    as("erin")
        .contentType("text/plain")
        .body("s3cr3t")
        .put("/api/v1/secrets/orders")
        .then()
        .statusCode(204);
    assertThat(ports.secrets).containsEntry("orders", "s3cr3t");
    as("erin").get("/api/v1/secrets/orders").then().statusCode(405);
    as("dana")
        .contentType("text/plain")
        .body("x")
        .put("/api/v1/secrets/orders")
        .then()
        .statusCode(403);
  }

  @Test
  void showsDutiesAsTheConfigurationWritesThem() {
    as("frank")
        .get("/api/v1/duties")
        .then()
        .statusCode(200)
        .body("items[0].name", equalTo("engineers-on-orders"))
        .body("items[0].groups", equalTo(List.of("engineers")))
        .body("items[0].rules[0]", equalTo(Map.of("allow", List.of("read"))))
        .body("items[0].rules[1].hold", equalTo(List.of("change", "destroy")))
        .body("items[0].rules[1].by", equalTo(List.of("approvers")))
        .body("items[0].rules[1].quorum", equalTo(2))
        .body("items[0].rules[1].within", equalTo("1h30m"))
        .body("items[0].rules[1].reason", equalTo("required"))
        .body("items[0].rules[1].lockWait", equalTo("1m"));
  }

  @Test
  void answersEveryUnknownPathWithAProblem() {
    for (String path : List.of("/api/v1/nothing", "/api/nothing", "/api/v1/sessions/x/nothing")) {
      as("frank").get(path).then().statusCode(404).contentType(PROBLEM);
    }
    as("frank").delete("/api/v1/sessions").then().statusCode(405).contentType(PROBLEM);
  }

  @Test
  void namesWhatIsWrongWithAParameter() {
    as("frank")
        .get("/api/v1/sessions?limit=many")
        .then()
        .statusCode(400)
        .contentType(PROBLEM)
        .body("detail", equalTo("limit: many (expected: a number)"));
    as("frank").get("/api/v1/sessions?limit=501").then().statusCode(400);
    as("bob")
        .contentType(ContentType.JSON)
        .body("{")
        .post("/api/v1/approvals/" + approval.id() + ":deny")
        .then()
        .statusCode(400)
        .contentType(PROBLEM);
    as("bob")
        .contentType(ContentType.JSON)
        .body("{\"reason\":\" \"}")
        .post("/api/v1/approvals/" + approval.id() + ":deny")
        .then()
        .statusCode(400);
    as("bob")
        .contentType(ContentType.TEXT)
        .body("no")
        .post("/api/v1/approvals/" + approval.id() + ":deny")
        .then()
        .statusCode(415)
        .contentType(PROBLEM);
  }

  @Test
  void showsToEachOnlyWhatIsTheirs() {
    String sessions = "/api/v1/sessions";
    String one = sessions + "/" + session.id();
    as("alice").get(sessions).then().body("items.id", hasItem(session.id()));
    as("mallory").get(sessions).then().statusCode(200).body("items", hasSize(0));
    for (String who : List.of("alice", "bob", "dana", "erin", "frank")) {
      as(who).get(one).then().statusCode(200).body("id", equalTo(session.id()));
    }
    as("mallory").get(one).then().statusCode(404).contentType(PROBLEM);
    as("mallory").get(one + "/operations").then().statusCode(404);
    as("mallory").get(one + "/timeline").then().statusCode(404);
    as("mallory").get(one + "/recording").then().statusCode(404);
    as("mallory").get("/api/v1/approvals/" + approval.id()).then().statusCode(404);
    as("mallory").post("/api/v1/approvals/" + approval.id() + ":approve").then().statusCode(404);
  }

  @Test
  void takesANameWithALineBreakForNobody() {
    as("two-lines").get("/api/v1/sessions").then().statusCode(200).body("items", hasSize(0));
    as("two-lines").get("/api/v1/approvals").then().statusCode(200).body("items", hasSize(0));
    as("two-lines").get("/api/v1/sessions/" + session.id()).then().statusCode(404);
  }

  @Test
  void opensContentOnlyToWhomItIsForAndNotesIt() {
    String operations = "/api/v1/sessions/" + session.id() + "/operations";
    as("erin").get(operations).then().statusCode(200).body("items[0].text", equalTo(""));
    as("erin").get(operations + "?purpose=curious").then().body("items[0].text", equalTo(""));
    as("dana").get(operations).then().body("items[0].text", equalTo(""));
    assertThat(ports.commands).isEmpty();
    as("dana")
        .get(operations + "?purpose=incident%2042")
        .then()
        .body("items[0].text", equalTo("select 'secret'"));
    assertThat(ports.commands)
        .singleElement()
        .isInstanceOfSatisfying(
            SessionCommand.OpenContent.class,
            opened -> {
              assertThat(opened.by().name()).isEqualTo("dana");
              assertThat(opened.what()).isEqualTo("operations");
              assertThat(opened.purpose()).isEqualTo("incident 42");
            });
    String timeline = "/api/v1/sessions/" + session.id() + "/timeline";
    as("dana")
        .get(timeline)
        .then()
        .statusCode(403)
        .body("type", equalTo("urn:countersign:problem:purposeRequired"));
    as("erin").get(timeline).then().statusCode(403);
    as("frank").get(timeline).then().statusCode(200).body("items", hasSize(0));
    as("erin")
        .get("/api/v1/approvals/" + approval.id())
        .then()
        .statusCode(200)
        .body("text", equalTo(""));
    as("erin").get("/api/v1/approvals").then().body("items.text", everyItem(equalTo("")));
    as("bob").get("/api/v1/approvals").then().body("items.text", not(hasItem("")));
  }

  @Test
  void refusesATextOfAnotherShapeBeforeItIsAnAnswer() {
    as("bob")
        .contentType(ContentType.JSON)
        .body("{\"text\":\"select 'another shape'\"}")
        .post("/api/v1/approvals/" + approval.id() + ":modify")
        .then()
        .statusCode(409)
        .contentType(PROBLEM)
        .body("type", equalTo("urn:countersign:problem:modify-shape"))
        .body("detail", equalTo("text: its columns are others"));
    as("bob").get("/api/v1/approvals/" + approval.id()).then().body("state", equalTo("pending"));
  }

  @Test
  void answersAnApprovalOnceTheReadModelShowsIt() {
    as("bob")
        .post("/api/v1/approvals/" + approval.id() + ":approve")
        .then()
        .statusCode(200)
        .body("state", equalTo("approved"));
    as("alice")
        .post("/api/v1/approvals/" + approval.id() + ":approve")
        .then()
        .statusCode(403)
        .contentType(PROBLEM)
        .body("type", equalTo("urn:countersign:problem:notEligible"))
        .body("detail", equalTo("it is your own"));
  }

  @Test
  void takesAVerbWhoseColonIsEncoded() {
    as("bob")
        .post("/api/v1/approvals/" + approval.id() + "%3Aapprove")
        .then()
        .statusCode(200)
        .body("state", equalTo("approved"));
    as("bob").get("/api/v1/approvals?state=%00").then().statusCode(400).contentType(PROBLEM);
  }

  @Test
  void takesTheCookieForReadingButForChangingOnlyFromItsOwnPages() {
    String approve = "/api/v1/approvals/" + approval.id() + ":approve";
    given().cookie("countersign", "bob").get("/api/v1/whoami").then().statusCode(200);
    given()
        .urlEncodingEnabled(false)
        .cookie("countersign", "bob")
        .post(approve)
        .then()
        .statusCode(403)
        .body("type", equalTo("urn:countersign:problem:foreignOrigin"));
    for (String origin :
        List.of("https://evil.example", "null", "http://" + base.getHost() + ".evil.example")) {
      given()
          .urlEncodingEnabled(false)
          .cookie("countersign", "bob")
          .header("Origin", origin)
          .post(approve)
          .then()
          .statusCode(403);
    }
    given()
        .urlEncodingEnabled(false)
        .cookie("countersign", "bob")
        .header("Origin", "http://" + base.getHost() + ":" + base.getPort())
        .post(approve)
        .then()
        .statusCode(200);
  }

  @Test
  void rebuildsOnlyForWhoAdministers() {
    as("frank").post("/api/v1/views/sessions:rebuild").then().statusCode(403);
    as("erin").post("/api/v1/views/sessions:rebuild").then().statusCode(200);
    as("erin").post("/api/v1/views/nothing:rebuild").then().statusCode(404).contentType(PROBLEM);
  }

  @Test
  void givesARecordingByteForByteInRangesAndWithItsDigest() throws Exception {
    byte[] in = new byte[100_000];
    byte[] out = new byte[300_001];
    new Random(1).nextBytes(in);
    new Random(2).nextBytes(out);
    SessionView recorded = record(in, out, 30_000);
    String url = "/api/v1/sessions/" + recorded.id() + "/recording";
    String tag =
        '"' + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out)) + '"';
    byte[] all =
        as("frank")
            .get(url + "?direction=out")
            .then()
            .statusCode(200)
            .header("ETag", tag)
            .header("Content-Length", "300001")
            .extract()
            .asByteArray();
    assertThat(all).isEqualTo(out);
    assertThat(as("frank").get(url + "?direction=in").asByteArray()).isEqualTo(in);
    byte[] part =
        as("frank")
            .header("Range", "bytes=29990-60010")
            .get(url)
            .then()
            .statusCode(206)
            .header("Content-Range", "bytes 29990-60010/300001")
            .extract()
            .asByteArray();
    assertThat(part).isEqualTo(Arrays.copyOfRange(out, 29_990, 60_011));
    assertThat(as("frank").header("Range", "bytes=-5").get(url).asByteArray())
        .isEqualTo(Arrays.copyOfRange(out, 299_996, 300_001));
    as("frank")
        .header("Range", "bytes=300001-")
        .get(url)
        .then()
        .statusCode(416)
        .contentType(PROBLEM);
    as("frank").header("If-None-Match", tag).get(url).then().statusCode(304);
    as("frank").get(url + "?direction=up").then().statusCode(400);
    as("frank")
        .get(url + "/index?limit=3")
        .then()
        .body("items", hasSize(3))
        .body("next", equalTo("3"));
  }

  @Test
  void streamsARecordingOf200MegabytesInBoundedMemory() throws Exception {
    int size = 60_000;
    int count = 3_500;
    byte[] piece = new byte[size];
    new Random(3).nextBytes(piece);
    SessionId id = SessionId.next();
    SegmentRecorded first = Shown.segment(id, 0, 0, new byte[0], 0, piece);
    SessionView big = Shown.session("open", List.of("alice"), count, 0, (long) size * count);
    big = withId(big, id);
    ports.sessions.put(big.id(), big);
    ports.index.put(
        big.id(),
        java.util.stream.LongStream.range(0, count)
            .mapToObj(n -> Shown.place(id, n, at(first, n, size)))
            .toList());
    ports.segments.put(big.id(), position -> at(first, position - 100, size));
    System.gc();
    long before = used();
    long most = 0;
    long read = 0;
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/api/v1/sessions/" + big.id() + "/recording"))
            .header("Authorization", "Bearer frank")
            .build();
    try (HttpClient
            client = // HTTP/2 would let this client, in the same heap, hold its own window of 32
                // MiB.
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        InputStream body = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      byte[] buffer = new byte[1 << 16];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        if (read == 0) {
          // A reader that stops: what is not asked for must not be read ahead into memory.
          Thread.sleep(1_500);
          System.gc();
          most = used() - before;
        }
        read += n;
      }
    }
    assertThat(read).isEqualTo((long) size * count);
    assertThat(most).as("bytes held for a reader that stopped").isLessThan(32L << 20);
  }

  @Test
  void readsTheTimelineOfASessionAndMatchesItsOperations() {
    byte[] in = query("select 1");
    byte[] out =
        join(
            message('R', new byte[] {0, 0, 0, 0}),
            message('Z', new byte[] {'I'}),
            message('T', rowDescription("n")),
            message('D', new byte[] {0, 1, 0, 0, 0, 1, '1'}),
            message('C', "SELECT 1\0".getBytes(StandardCharsets.UTF_8)),
            message('Z', new byte[] {'I'}));
    SessionView recorded = record(in, out, 60_000);
    var operation = Shown.operation(recorded.id(), 1, "select 1");
    ports.operations.put(recorded.id(), List.of(operation));
    as("frank")
        .get("/api/v1/sessions/" + recorded.id() + "/timeline")
        .then()
        .statusCode(200)
        .body("items.find { it.kind == 'simple' }.text", equalTo("select 1"))
        .body("items.find { it.kind == 'simple' }.operation", equalTo(operation.id()))
        .body("items.find { it.kind == 'simple' }.rows", equalTo(List.of(List.of("1"))))
        .body("items.find { it.kind == 'simple' }.tag", equalTo("SELECT 1"));
  }

  @Test
  void tellsChangesToThoseWhoMayKnow() throws Exception {
    assertThat(changesHeardBy("alice")).contains(session.id());
    assertThat(changesHeardBy("mallory")).doesNotContain(session.id());
  }

  private String changesHeardBy(String who) throws Exception {
    SessionView own = Shown.session("open", List.of(who), 0, 0, 0);
    ports.sessions.put(own.id(), own);
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/api/v1/changes"))
            .header("Authorization", "Bearer " + who)
            .header("Accept", "text/event-stream")
            .build();
    StringBuilder heard = new StringBuilder();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        heard.append(lines.readLine()).append('\n');
        ports.publish(new Views.Changed("sessions", session.id(), session.id()));
        // The last change is the reader's own: whatever was to come has come.
        ports.publish(new Views.Changed("sessions", own.id(), own.id()));
        for (String line = lines.readLine();
            line != null && !line.contains(own.id());
            line = lines.readLine()) {
          heard.append(line).append('\n');
        }
      }
      client.shutdownNow();
    }
    return heard.toString();
  }

  private SessionView record(byte[] in, byte[] out, int size) {
    SessionId id = SessionId.next();
    List<SegmentRecorded> all = Shown.segments(id, in, out, size);
    SessionView recorded =
        withId(Shown.session("closed", List.of("alice"), all.size(), in.length, out.length), id);
    ports.sessions.put(recorded.id(), recorded);
    ports.index.put(recorded.id(), all.stream().map(s -> Shown.place(id, s.number(), s)).toList());
    ports.segments.put(recorded.id(), position -> all.get((int) position - 100));
    return recorded;
  }

  private static SegmentRecorded at(SegmentRecorded one, long number, int size) {
    return new SegmentRecorded(
        one.session(), number, 0, 0, number * size, size, number, number, one.frames());
  }

  static SessionView withId(SessionView s, SessionId id) {
    return new SessionView(
        id.toString(),
        s.state(),
        s.protocol(),
        s.recording(),
        s.principal(),
        s.chain(),
        s.people(),
        s.target(),
        s.database(),
        s.role(),
        s.client(),
        s.application(),
        s.openedAt(),
        s.closedAt(),
        s.end(),
        s.operations(),
        s.held(),
        s.blocked(),
        s.segments(),
        s.bytesIn(),
        s.bytesOut(),
        s.gapFrom(),
        s.gapAt(),
        s.erasedAt());
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static byte[] query(String sql) {
    return message('Q', (sql + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] rowDescription(String column) {
    return join(
        new byte[] {0, 1},
        (column + "\0").getBytes(StandardCharsets.UTF_8),
        new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, -1, -1, -1, -1, 0, 0});
  }

  private static byte[] message(char type, byte[] body) {
    int length = body.length + 4;
    return join(
        new byte[] {
          (byte) type,
          (byte) (length >>> 24),
          (byte) (length >>> 16),
          (byte) (length >>> 8),
          (byte) length
        },
        body);
  }

  private static byte[] join(byte[]... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
