package countersign.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class LogApiTest {
  @Inject InMemoryPorts ports;

  private static RequestSpecification as(String token) {
    return given().urlEncodingEnabled(false).header("Authorization", "Bearer " + token);
  }

  @Test
  void everybodyWhoSignsInMayKeepTheCheckpoint() {
    ports.checkpoint = null;
    as("alice").get("/api/v1/log/checkpoint").then().statusCode(404);
    ports.checkpoint = "log.example\n9\nx\n\n— log.example y\n";
    as("alice")
        .get("/api/v1/log/checkpoint")
        .then()
        .statusCode(200)
        .contentType("text/plain; charset=utf-8")
        .header("Cache-Control", "no-store")
        .body(equalTo(ports.checkpoint));
    as("alice").get("/api/v1/log/vkey").then().statusCode(200);
    given().get("/api/v1/log/checkpoint").then().statusCode(401);
  }

  @Test
  void tilesAreForWhoSeesEverythingAndNeverChange() {
    as("dana")
        .get("/api/v1/log/tile/0/x001/234.p/7")
        .then()
        .statusCode(200)
        .contentType("application/octet-stream")
        .header("Content-Length", "224")
        .header("Cache-Control", "private, max-age=31536000, immutable");
    as("dana").get("/api/v1/log/tile/entries/000.p/1").then().statusCode(200);
    as("alice").get("/api/v1/log/tile/0/x001/234.p/7").then().statusCode(403);
    given().get("/api/v1/log/tile/0/x001/234.p/7").then().statusCode(401);
    for (String path :
        new String[] {
          "0/x001/234",
          "0/1234.p/7",
          "0/001/234.p/7",
          "00/x001/234.p/7",
          "8/000",
          "0/000.p/0",
          "0/000.p/256",
          "entries/x001/234",
          "0/x001/234.p/07",
          "0/../checkpoint"
        }) {
      as("dana").get("/api/v1/log/tile/" + path).then().statusCode(404);
    }
  }

  @Test
  void everybodySeesThatSomethingIsWrongAndOnlySomeWhat() {
    as("alice")
        .get("/api/v1/integrity")
        .then()
        .statusCode(200)
        .body("state", equalTo("problem"))
        .body("problems", empty());
    as("dana")
        .get("/api/v1/integrity")
        .then()
        .body("problems", hasSize(1))
        .body("problems[0].kind", equalTo("edited"))
        .body("problems[0].position", equalTo(7));
  }
}
