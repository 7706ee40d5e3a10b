package countersign.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class OpenApiTest {
  private static final Path COMMITTED = Path.of("src/main/openapi/openapi.yaml");

  @Test
  void theCommittedDocumentIsWhatTheApiSaysOfItself() throws IOException {
    String now = given().get("/q/openapi?format=yaml").then().statusCode(200).extract().asString();
    if (Boolean.getBoolean("openapi.refresh")) {
      Files.writeString(COMMITTED, now);
    }
    assertThat(Files.readString(COMMITTED))
        .as(
            "%s differs from the API: look at the difference, then refresh it with"
                + " ./mvnw -pl replay-api -am test -Dtest=OpenApiTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dopenapi.refresh=true",
            COMMITTED)
        .isEqualTo(now);
  }
}
