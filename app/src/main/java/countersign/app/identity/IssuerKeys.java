package countersign.app.identity;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of one issuer, found by OpenID Connect Discovery 1.0 §4 and RFC 7517. Kept for
 * {@link #FRESH}; read again at once for a key id that is not among them, but not more often than
 * every {@link #BETWEEN_READS}, so that forged key ids cannot be turned into load on the issuer.
 * When the issuer does not answer, keys stay good for {@link #STALE}. Blocking and thread-safe: one
 * thread reads, the others wait for it.
 */
final class IssuerKeys {
  static final Duration FRESH = Duration.ofMinutes(10);
  static final Duration STALE = Duration.ofHours(1);
  static final Duration BETWEEN_READS = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(IssuerKeys.class);

  private final String issuer;
  private final BoundedFetch fetch;
  private final Clock clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Known known = new Known(List.of(), Instant.EPOCH);
  private Instant lastRead = Instant.EPOCH;
  private String lastFailure = "";

  IssuerKeys(String issuer, BoundedFetch fetch, Clock clock) {
    this.issuer = issuer;
    this.fetch = fetch;
    this.clock = clock;
  }

  private record Known(List<JsonWebKey> keys, Instant at) {}

  /**
   * The keys that a token may be signed with.
   *
   * @param keyId the token's {@code kid}, null when it has none: then every key is tried
   * @return keys; empty when the issuer has no key of that id
   * @throws IOException if no keys are known that may still be used
   */
  List<JsonWebKey> candidates(@Nullable String keyId) throws IOException {
    Known now = known;
    List<JsonWebKey> found = matching(now, keyId);
    if (!found.isEmpty() && age(now).compareTo(FRESH) < 0) {
      return found;
    }
    reading.lock();
    try {
      if (known == now
          && Duration.between(lastRead, clock.instant()).compareTo(BETWEEN_READS) >= 0) {
        readAgain();
      }
    } finally {
      reading.unlock();
    }
    now = known;
    if (age(now).compareTo(STALE) >= 0) {
      throw new IOException(lastFailure.isEmpty() ? issuer + " has not been read" : lastFailure);
    }
    return matching(now, keyId);
  }

  private void readAgain() {
    lastRead = clock.instant();
    try {
      known = new Known(read(), clock.instant());
      lastFailure = "";
    } catch (IOException e) {
      lastFailure = String.valueOf(e.getMessage());
      LOG.warnf("issuer=%s keys=unread reason=\"%s\"", issuer, lastFailure);
    }
  }

  private List<JsonWebKey> read() throws IOException {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    try {
      Map<String, Object> discovery =
          JsonUtil.parseJson(fetch.get(URI.create(base + "/.well-known/openid-configuration")));
      if (!issuer.equals(discovery.get("issuer"))) {
        throw new IOException(issuer + ": its discovery document names another issuer");
      }
      if (!(discovery.get("jwks_uri") instanceof String jwks)) {
        throw new IOException(issuer + ": its discovery document has no jwks_uri");
      }
      return List.copyOf(new JsonWebKeySet(fetch.get(URI.create(jwks))).getJsonWebKeys());
    } catch (JoseException | IllegalArgumentException e) {
      throw new IOException(issuer + ": its documents cannot be understood", e);
    }
  }

  private static List<JsonWebKey> matching(Known known, @Nullable String keyId) {
    return known.keys().stream()
        .filter(key -> keyId == null || keyId.equals(key.getKeyId()))
        .filter(key -> key.getUse() == null || key.getUse().equals("sig"))
        .toList();
  }

  private Duration age(Known known) {
    return Duration.between(known.at(), clock.instant());
  }
}
