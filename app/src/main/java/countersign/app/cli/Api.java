package countersign.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The REST API as the command line sees it: {@code COUNTERSIGN_URL} and {@code COUNTERSIGN_TOKEN}.
 * Blocking; one instance a process.
 */
final class Api {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final URI base;
  private final @Nullable String token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  Api(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** Reads both variables from the environment. */
  static Api fromEnvironment() {
    return new Api(base(), System.getenv("COUNTERSIGN_TOKEN"));
  }

  static URI base() {
    String url = System.getenv().getOrDefault("COUNTERSIGN_URL", "http://localhost:8080");
    URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw new Failed(
          "COUNTERSIGN_URL: " + url + " (expected: a URL such as http://localhost:8080)");
    }
    return uri;
  }

  /** GET of a JSON document below {@code /api/v1/}. */
  JsonNode get(String path) {
    return json(send(request("/api/v1/" + path).GET()));
  }

  /** POST of a JSON document below {@code /api/v1/}. */
  JsonNode post(String path, Map<String, ?> body) {
    try {
      return json(
          send(
              request("/api/v1/" + path)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is always JSON", e);
    }
  }

  /** PUT of bytes below {@code /api/v1/}; nothing comes back. */
  void put(String path, byte[] body) {
    send(
        request("/api/v1/" + path)
            .header("Content-Type", "application/octet-stream")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** GET or POST of plain text outside the API, without a token. */
  String text(String method, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.noBody());
    return send(request).body();
  }

  /** Quotes one value for a path or a query. */
  static String quote(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    if (token == null || token.isBlank()) {
      throw new Failed(
          "COUNTERSIGN_TOKEN: not set (in the demo: export COUNTERSIGN_TOKEN=$(./countersign token"
              + " --as bob))");
    }
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + token.strip())
        .header("Accept", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    HttpResponse<String> response;
    try {
      response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (ConnectException e) {
      throw new Failed(
          "nothing answers at "
              + base
              + " (start it with ./countersign demo, or set COUNTERSIGN_URL)");
    } catch (IOException e) {
      throw new Failed(base + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failed("interrupted");
    }
    if (response.statusCode() >= 300) {
      throw new Failed(problem(response));
    }
    return response;
  }

  private static String problem(HttpResponse<String> response) {
    try {
      JsonNode problem = JSON.readTree(response.body());
      if (problem.hasNonNull("title")) {
        String detail = problem.path("detail").asText("");
        return problem.path("title").asText() + (detail.isEmpty() ? "" : ": " + detail);
      }
    } catch (JsonProcessingException _) {
      // Not ours: an intermediary answered. Its status is all that can be said.
    }
    return "HTTP " + response.statusCode() + " from " + response.uri().getPath();
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new Failed("the answer of " + response.uri().getPath() + " is not JSON");
    }
  }

  /** A command cannot do what was asked; the message is all a person sees. Exit 1. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message, null, false, false);
    }
  }
}
