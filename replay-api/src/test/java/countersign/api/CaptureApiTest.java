package countersign.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import countersign.session.SessionCommand;
import countersign.session.SessionEvent.SegmentRecorded;
import countersign.session.SessionId;
import countersign.view.SegmentView;
import countersign.view.SessionView;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recordings as another program reads them, and while their index is still behind. */
@QuarkusTest
@Timeout(60)
final class CaptureApiTest {
  @Inject InMemoryPorts ports;

  private static RequestSpecification as(String token) {
    return given().urlEncodingEnabled(false).header("Authorization", "Bearer " + token);
  }

  @Test
  void givesARecordingAsACaptureAndNotesWhoTookIt() throws Exception {
    byte[] in = "Q....select".getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[70_000];
    new Random(4).nextBytes(out);
    ports.commands.clear();
    SessionView recorded = record(in, out);
    ports.operations.put(
        recorded.id(), List.of(Shown.operation(recorded.id(), 1, "select 'secret'")));
    String url = "/api/v1/sessions/" + recorded.id() + "/export?format=";

    byte[] capture =
        as("frank")
            .get(url + "pcapng")
            .then()
            .statusCode(200)
            .contentType("application/x-pcapng")
            .extract()
            .asByteArray();

    assertThat(Arrays.copyOf(capture, 4)).containsExactly(0x0a, 0x0d, 0x0d, 0x0a);
    String text = new String(capture, StandardCharsets.ISO_8859_1);
    assertThat(text)
        .contains("session " + recorded.id())
        .contains(": segment 0")
        .contains(": segment 2")
        .contains("event 1: operation ")
        .contains(" allowed by ai/1")
        .contains(new String(in, StandardCharsets.ISO_8859_1))
        .contains(new String(Arrays.copyOf(out, 30_000), StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
    assertThat(ports.commands)
        .filteredOn(SessionCommand.OpenContent.class::isInstance)
        .hasSize(1)
        .allSatisfy(command ->
            assertThat(((SessionCommand.OpenContent) command).what()).isEqualTo("export"));
    as("frank")
        .get(url + "har")
        .then()
        .statusCode(400)
        .body("detail", equalTo("format: har (expected: pcapng)"));
    as("dana").get(url + "pcapng").then().statusCode(403);
    as("mallory").get(url + "pcapng").then().statusCode(404);
  }

  @Test
  void waitsForTheIndexWhereTheSessionsRowIsAheadOfIt() throws Exception {
    byte[] out = new byte[70_000];
    new Random(3).nextBytes(out);
    SessionView recorded = record(new byte[0], out);
    String url = "/api/v1/sessions/" + recorded.id();
    byte[] all = as("frank").get(url + "/recording").asByteArray();
    byte[] capture = as("frank").get(url + "/export?format=pcapng").asByteArray();

    byte[] allLater = whileTheIndexIsBehind(recorded, url + "/recording");
    byte[] captureLater = whileTheIndexIsBehind(recorded, url + "/export?format=pcapng");

    assertThat(all).isEqualTo(out);
    assertThat(allLater).isEqualTo(out);
    assertThat(captureLater).isEqualTo(capture);
  }

  @Test
  void saysSoWhereTheIndexStaysBehind() throws Exception {
    SessionView recorded = record(new byte[0], new byte[70_000]);
    ports.index.put(recorded.id(), ports.index.get(recorded.id()).subList(0, 1));
    ports.commands.clear();

    as("frank")
        .get("/api/v1/sessions/" + recorded.id() + "/export?format=pcapng")
        .then()
        .statusCode(503)
        .body("detail", equalTo("recording: segment 2 is not in the index yet"));

    assertThat(ports.commands).isEmpty(); // Nobody has opened anything.
  }

  private byte[] whileTheIndexIsBehind(SessionView recorded, String url) {
    List<SegmentView> index = ports.index.get(recorded.id());
    ports.index.put(recorded.id(), index.subList(0, 1));
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS)
        .execute(() -> ports.index.put(recorded.id(), index));
    return as("frank").get(url).then().statusCode(200).extract().asByteArray();
  }

  private SessionView record(byte[] in, byte[] out) {
    SessionId id = SessionId.next();
    List<SegmentRecorded> segments = Shown.segments(id, in, out, 30_000);
    SessionView shown =
        Shown.session("closed", List.of("alice"), segments.size(), in.length, out.length);
    SessionView recorded = ApiTest.withId(shown, id);
    ports.sessions.put(recorded.id(), recorded);
    ports.index.put(
        recorded.id(),
        segments.stream().map(segment -> Shown.place(id, segment.number(), segment)).toList());
    ports.segments.put(recorded.id(), position -> segments.get((int) position - 100));
    return recorded;
  }
}
