package countersign.log;

import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.timestamp.Certificates;
import countersign.verifier.timestamp.TimeStamp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A time stamping authority (RFC 3161 over HTTP). Thread-safe; blocks. */
final class StampAuthority implements AutoCloseable {
  private final URI url;
  private final List<X509Certificate> chain;
  private final Duration patience;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * Makes it; nothing is asked yet.
   *
   * @param chain its certificates as far as the operator knows them; may be empty
   * @param patience for an answer, from the first byte sent to the last one read
   */
  StampAuthority(URI url, List<X509Certificate> chain, Duration patience) {
    this.url = url;
    this.chain = List.copyOf(chain);
    this.patience = patience;
  }

  URI url() {
    return url;
  }

  /**
   * Has bytes stamped. The answer is signed by a certificate that stands in its chain.
   *
   * @throws IOException when there is no answer within the patience, or it is no good one
   */
  BundleLog.Timestamp stamp(byte[] bytes) throws IOException, InterruptedException {
    Stamp asked = new Stamp(bytes);
    byte[] answer = answer(asked.request());
    try {
      TimeStamp stamp = asked.check(answer, chain);
      List<X509Certificate> all = new ArrayList<>(stamp.certificates());
      all.addAll(chain);
      return new BundleLog.Timestamp(answer, Certificates.pem(all));
    } catch (Malformed e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private byte[] answer(byte[] request) throws IOException, InterruptedException {
    // A time-out of the request ends with the answer's head: an authority that then says nothing
    // more is left here.
    CompletableFuture<HttpResponse<byte[]>> asked =
        http.sendAsync(
            HttpRequest.newBuilder(url)
                .header("Content-Type", "application/timestamp-query")
                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                .build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), TimeStamp.LONGEST));
    try {
      HttpResponse<byte[]> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != 200) {
        throw new IOException("answers " + answer.statusCode() + " (expected: 200)");
      }
      return answer.body();
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } finally {
      asked.cancel(true);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
