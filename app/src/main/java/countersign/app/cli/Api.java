package countersign.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
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

  /** Something that is told how much has come. */
  @FunctionalInterface
  interface Come {
    void bytes(long done);
  }

  /**
   * GET of a file below {@code /api/v1/}, into a file that only its owner may read; a part of it is
   * never left there.
   *
   * @return its SHA-256 in lower-case hex
   */
  String download(String path, Path file, Come come) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (InputStream in =
            send(
                    request("/api/v1/" + path).setHeader("Accept", "*/*").GET(),
                    HttpResponse.BodyHandlers.ofInputStream())
                .body();
        OutputStream out = Files.newOutputStream(part)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] step = new byte[1 << 16];
      long done = 0;
      for (int read = in.read(step); read >= 0; read = in.read(step)) {
        out.write(step, 0, read);
        sha.update(step, 0, read);
        done += read;
        come.bytes(done);
      }
      out.flush();
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    } finally {
      Files.deleteIfExists(part);
    }
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
    return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    HttpResponse<T> response;
    try {
      response = http.send(request.build(), handler);
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

  private static String problem(HttpResponse<?> response) {
    try {
      JsonNode problem =
          response.body() instanceof InputStream in
              ? JSON.readTree(in.readNBytes(1 << 16))
              : JSON.readTree(String.valueOf(response.body()));
      if (problem.hasNonNull("title")) {
        String detail = problem.path("detail").asText("");
        return problem.path("title").asText() + (detail.isEmpty() ? "" : ": " + detail);
      }
    } catch (IOException _) {
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
