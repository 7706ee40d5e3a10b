package countersign.app.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The REST API as one person uses it. */
record Rest(String url, String token) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  static final ObjectMapper JSON = new ObjectMapper();

  record Answer(int status, JsonNode body) {}

  static String demoToken(String url, String name) {
    return send(
            HttpRequest.newBuilder(URI.create(url + "/demo/token?as=" + name))
                .POST(HttpRequest.BodyPublishers.noBody()),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }

  JsonNode get(String path) {
    Answer answer = tryGet(path);
    if (answer.status != 200) {
      throw new AssertionError("GET " + path + ": " + answer);
    }
    return answer.body;
  }

  Answer tryGet(String path) {
    return answer(request(path).GET());
  }

  Answer post(String path, String json) {
    return answer(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  InputStream bytes(String path) {
    HttpResponse<InputStream> response =
        send(request(path).GET(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new AssertionError("GET " + path + ": " + response.statusCode());
    }
    return response.body();
  }

  /** All pages of a list. */
  List<JsonNode> all(String path) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get(path + (path.contains("?") ? "&" : "?") + "limit=500" + cursor);
      page.path("items").forEach(items::add);
      cursor = page.hasNonNull("next") ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return items;
  }

  /** The newest approval that waits, once there is one. */
  JsonNode awaitPending(String text) {
    JsonNode[] found = new JsonNode[1];
    Pause.until(
        "a pending approval of: " + text,
        Duration.ofSeconds(15),
        () -> {
          for (JsonNode item : get("approvals?state=pending").path("items")) {
            if (item.path("text").asText().contains(text)) {
              found[0] = item;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  /** The id of the newest session in the list, empty if there is none; ids grow with time. */
  String newestSession() {
    return get("sessions?limit=1&sort=-openedAt").path("items").path(0).path("id").asText("");
  }

  /**
   * The sessions since one, the newest first, once at least so many are listed and all are closed.
   * The list follows the log: right after a session its predecessor may still be the newest there.
   */
  List<JsonNode> awaitClosedSince(String before, int many) {
    List<JsonNode> since = new ArrayList<>();
    Pause.until(
        many + " sessions after " + before + ", all closed",
        Duration.ofSeconds(30),
        () -> {
          since.clear();
          get("sessions?limit=500&sort=-openedAt")
              .path("items")
              .valueStream()
              .takeWhile(session -> session.path("id").asText().compareTo(before) > 0)
              .forEach(since::add);
          return since.size() >= many
              && since.stream().allMatch(s -> s.path("state").asText().equals("closed"));
        });
    return since;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + "/api/v1/" + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + token);
  }

  private static Answer answer(HttpRequest.Builder request) {
    HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
    try {
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException _) {
      return new Answer(
          response.statusCode(), JSON.createObjectNode().put("text", response.body()));
    }
  }

  private static <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return HTTP.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
