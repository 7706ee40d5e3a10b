package countersign.app.identity;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads small documents of identity providers: HTTPS, or plain HTTP on this host only; no redirect
 * is followed; at most {@link #MOST_BYTES} within {@link #WITHIN}, body included. Blocking, so for
 * virtual threads. Thread-safe.
 */
final class BoundedFetch {
  static final int MOST_BYTES = 256 << 10;
  static final Duration WITHIN = Duration.ofSeconds(5);
  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(3))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * Gets a document.
   *
   * @throws IOException if it is not there in time, not whole, or not where it may come from
   */
  String get(URI uri) throws IOException {
    boolean here = uri.getHost() != null && THIS_HOST.contains(uri.getHost());
    if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && here)) {
      throw new IOException(uri + " (expected: an https URL)");
    }
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(WITHIN).header("Accept", "application/json").build();
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(
            request,
            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
    try {
      HttpResponse<String> response = answer.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException(uri + " answered " + response.statusCode() + " (expected: 200)");
      }
      return response.body();
    } catch (ExecutionException e) {
      throw new IOException(uri + " cannot be read: " + reason(e.getCause()), e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException(uri + " did not answer within " + WITHIN.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + uri, e);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "no reason given";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
