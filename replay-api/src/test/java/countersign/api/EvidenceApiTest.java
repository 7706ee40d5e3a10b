package countersign.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import countersign.evidence.EvidenceRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class EvidenceApiTest {
  @Inject InMemoryEvidence evidence;

  private static RequestSpecification as(String token) {
    return given()
        .urlEncodingEnabled(false)
        .header("Authorization", "Bearer " + token)
        .contentType("application/json");
  }

  @Test
  void anAuditorAsksFollowsAndDownloads() {
    String id =
        as("dana")
            .body("{\"who\": \"alice\", \"last\": \"1h\", \"purpose\": \"audit 7\"}")
            .post("/api/v1/evidence")
            .then()
            .statusCode(202)
            .header("Location", containsString("/api/v1/evidence/evd-"))
            .extract()
            .path("id");
    EvidenceRequest asked = evidence.asked.getLast();
    assertThat(asked.disclose()).isFalse();
    assertThat(asked.purpose()).isEqualTo("audit 7");
    assertThat(asked.scope().who()).isEqualTo("alice");
    assertThat(asked.scope().from())
        .isBetween(Instant.now().minusSeconds(3660), Instant.now().minusSeconds(3590));

    as("dana").get("/api/v1/evidence").then().statusCode(200).body("items.id", hasItem(id));
    as("dana").get("/api/v1/evidence/" + id).then().statusCode(200).body("state", equalTo("ready"));
    as("dana")
        .get("/api/v1/evidence/" + id + "/bundle")
        .then()
        .statusCode(200)
        .contentType("application/zip")
        .header("Content-Length", "10")
        .header("ETag", "\"5f\"")
        .body(equalTo("0123456789"));
    as("dana")
        .header("Range", "bytes=2-4")
        .get("/api/v1/evidence/" + id + "/bundle")
        .then()
        .statusCode(206)
        .header("Content-Range", "bytes 2-4/10")
        .body(equalTo("234"));
    assertThat(evidence.opened).contains("dana");
    as("dana").delete("/api/v1/evidence/" + id).then().statusCode(200);
    as("dana").get("/api/v1/evidence/" + id).then().statusCode(404);
  }

  @Test
  void nobodyElseHasAnyBusinessWithIt() {
    for (String name : new String[] {"alice", "bob", "erin", "frank"}) {
      as(name)
          .body("{\"who\": \"alice\", \"purpose\": \"curious\"}")
          .post("/api/v1/evidence")
          .then()
          .statusCode(403);
      as(name).get("/api/v1/evidence").then().statusCode(403);
      as(name).get("/api/v1/evidence/evd-7k2m9xw4c8tn5rbj/bundle").then().statusCode(403);
    }
  }

  @Test
  void saysWhatIsWrongWithARequest() {
    String[][] wrong = {
      {"{\"who\": \"alice\"}", "purpose"},
      {"{\"purpose\": \"audit\"}", "scope"},
      {"{\"last\": \"1 hour\", \"purpose\": \"audit\"}", "last"},
      {"{\"last\": \"1h\", \"from\": \"2026-01-01T00:00:00Z\", \"purpose\": \"audit\"}", "last"},
      {"{\"from\": \"yesterday\", \"purpose\": \"audit\"}", "from"},
      {"{\"session\": \"7\", \"purpose\": \"audit\"}", "session"},
      {
        "{\"from\": \"2026-01-02T00:00:00Z\", \"to\": \"2026-01-01T00:00:00Z\","
            + " \"purpose\": \"audit\"}",
        "from"
      }
    };
    for (String[] each : wrong) {
      as("dana")
          .body(each[0])
          .post("/api/v1/evidence")
          .then()
          .statusCode(400)
          .body("detail", containsString(each[1]));
    }
    as("dana").get("/api/v1/evidence/evd-7k2m9xw4c8tn5rbj").then().statusCode(404);
  }
}
