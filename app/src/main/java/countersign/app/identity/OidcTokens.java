package countersign.app.identity;

import countersign.deciding.configuration.Configuration.Oidc;
import countersign.duty.Rulebook;
import countersign.identity.Authentication;
import countersign.identity.Principal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of OpenID Connect issuers (RFC 7519, RFC 9068): signature by RS256, ES256 or EdDSA with
 * the issuer's published keys, audience, times with {@link #SKEW}, chain from {@code act}.
 * Verification runs on virtual threads, at most {@link #AT_ONCE} at a time; more are refused at
 * once. Thread-safe. Nothing of a token ever appears in a message or a log.
 */
public final class OidcTokens implements Authentication, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(OidcTokens.class);

  /** How far the issuer's clock may be off. */
  public static final Duration SKEW = Duration.ofSeconds(30);

  /** Most verifications at a time. */
  public static final int AT_ONCE = 1024;

  private static final int LONGEST = 16 << 10;

  /** Member of {@code cnf} that names a certificate (RFC 8705, 3.1). */
  private static final String THUMBPRINT = "x5t#S256";

  private static final AlgorithmConstraints ALGORITHMS =
      new AlgorithmConstraints(
          ConstraintType.PERMIT,
          AlgorithmIdentifiers.RSA_USING_SHA256,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
          AlgorithmIdentifiers.EDDSA);

  private final Map<String, Issuer> issuers = new LinkedHashMap<>();
  private final Supplier<Rulebook> rulebook;
  private final Clock clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore atOnce = new Semaphore(AT_ONCE);

  /**
   * Authentication by tokens.
   *
   * @param oidc issuers in the order of the configuration
   * @param rulebook the rulebook in force, asked at each token
   * @param clock what expiry is judged by
   */
  public OidcTokens(List<Oidc> oidc, Supplier<Rulebook> rulebook, Clock clock) {
    this.rulebook = rulebook;
    this.clock = clock;
    BoundedFetch fetch = new BoundedFetch();
    for (Oidc issuer : oidc) {
      issuers.putIfAbsent(
          issuer.issuer(),
          new Issuer(issuer, issuers.isEmpty(), new IssuerKeys(issuer.issuer(), fetch, clock)));
    }
  }

  private record Issuer(Oidc oidc, boolean first, IssuerKeys keys) {}

  @Override
  public String discovery() {
    return issuers.isEmpty()
        ? ""
        : issuers.values().iterator().next().oidc().issuer() + "/.well-known/openid-configuration";
  }

  @Override
  public CompletionStage<Principal> authenticate(String token, @Nullable String certificate) {
    if (!atOnce.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new Refused("token: too many sign-ins at once: try again in a moment"));
    }
    CompletableFuture<Principal> answer = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        answer.complete(verify(token, certificate));
      } catch (Refused e) {
        answer.completeExceptionally(e);
      } catch (RuntimeException e) {
        LOG.errorf("token=unverified defect=%s", e.getClass().getName());
        answer.completeExceptionally(new Refused("token: cannot be verified"));
      } finally {
        atOnce.release();
      }
    });
    return answer;
  }

  private Principal verify(String token, @Nullable String certificate) {
    if (token.length() > LONGEST) {
      throw new Refused("token: longer than " + LONGEST + " characters");
    }
    JsonWebSignature signed = parse(token);
    Issuer issuer = issuer(signed);
    checkSignature(signed, issuer);
    try {
      JwtClaims claims = JwtClaims.parse(signed.getPayload());
      Instant expires = times(claims);
      if (!claims.hasAudience() || !claims.getAudience().contains(issuer.oidc().audience())) {
        throw new Refused("token: audience (expected: " + issuer.oidc().audience() + ")");
      }
      requireCertificate(claims, certificate);
      return new Chain(issuer.oidc(), issuer.first(), rulebook.get())
          .principal(claims.getClaimsMap(), expires);
    } catch (InvalidJwtException | MalformedClaimException | JoseException _) {
      // Their messages quote the token.
      throw new Refused("token: claims (expected: those of RFC 7519)");
    }
  }

  /** RFC 8705, 3.1: a token that names a certificate is worth nothing without its key. */
  private static void requireCertificate(JwtClaims claims, @Nullable String shown) {
    Object bound =
        claims.getClaimValue("cnf") instanceof Map<?, ?> cnf ? cnf.get(THUMBPRINT) : null;
    if (bound == null) {
      return;
    }
    if (shown == null) {
      throw new Refused(
          "token: bound to a client certificate (expected: a TLS connection that shows it)");
    }
    if (!MessageDigest.isEqual(
        String.valueOf(bound).getBytes(StandardCharsets.UTF_8),
        shown.getBytes(StandardCharsets.UTF_8))) {
      throw new Refused(
          "token: bound to another client certificate (expected: the one of this connection)");
    }
  }

  private static JsonWebSignature parse(String token) {
    try {
      JsonWebSignature signed = new JsonWebSignature();
      signed.setCompactSerialization(token);
      signed.setAlgorithmConstraints(ALGORITHMS);
      String algorithm = signed.getAlgorithmHeaderValue();
      ALGORITHMS.checkConstraint(algorithm);
      return signed;
    } catch (JoseException _) {
      throw new Refused(
          "token: not a signed token (expected: a JWT signed by RS256, ES256 or EdDSA; run"
              + " countersign token)");
    }
  }

  /** Reads {@code iss} before the signature is known: it only chooses the keys to check it with. */
  private Issuer issuer(JsonWebSignature signed) {
    try {
      Object named = JwtClaims.parse(signed.getUnverifiedPayload()).getClaimsMap().get("iss");
      Issuer issuer = named instanceof String name ? issuers.get(name) : null;
      if (issuer != null) {
        return issuer;
      }
      throw new Refused(
          "token: issuer "
              + (named instanceof String name && name.matches("https?://[\\w.:/~%-]{1,200}")
                  ? name
                  : "missing")
              + " (expected: one of "
              + String.join(", ", issuers.keySet())
              + ")");
    } catch (InvalidJwtException _) {
      throw new Refused("token: claims (expected: those of RFC 7519)");
    }
  }

  private static void checkSignature(JsonWebSignature signed, Issuer issuer) {
    List<JsonWebKey> keys;
    try {
      keys = issuer.keys().candidates(signed.getKeyIdHeaderValue());
    } catch (IOException _) {
      throw new Refused(
          "token: the identity provider "
              + issuer.oidc().issuer()
              + " cannot be reached: try again");
    }
    for (JsonWebKey key : keys) {
      if (key instanceof PublicJsonWebKey publicKey && verifies(signed, publicKey)) {
        return;
      }
    }
    throw new Refused(
        "token: signature (expected: by a key of "
            + issuer.oidc().issuer()
            + "; run countersign token)");
  }

  private static boolean verifies(JsonWebSignature signed, PublicJsonWebKey key) {
    if (key.getAlgorithm() != null
        && !key.getAlgorithm().equals(signed.getAlgorithmHeaderValue())) {
      return false;
    }
    try {
      signed.setKey(key.getPublicKey());
      return signed.verifySignature();
    } catch (JoseException _) {
      // A key of another kind than the token's algorithm: it did not sign this.
      return false;
    }
  }

  private Instant times(JwtClaims claims) throws MalformedClaimException {
    Instant now = clock.instant();
    if (claims.getExpirationTime() == null) {
      throw new Refused("token: no exp (expected: a time of expiry)");
    }
    Instant expires = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis());
    if (!now.isBefore(expires.plus(SKEW))) {
      throw new Refused(
          "token expired " + ago(Duration.between(expires, now)) + " ago: run countersign token");
    }
    for (var start :
        new org.jose4j.jwt.@org.jspecify.annotations.Nullable NumericDate[] {
          claims.getNotBefore(), claims.getIssuedAt()
        }) {
      if (start != null && Instant.ofEpochMilli(start.getValueInMillis()).isAfter(now.plus(SKEW))) {
        throw new Refused(
            "token: not valid yet (expected: nbf and iat in the past; check the clocks)");
      }
    }
    return expires;
  }

  private static String ago(Duration passed) {
    return passed.toDays() > 1
        ? passed.toDays() + " days"
        : passed.toHours() > 1
            ? passed.toHours() + " h"
            : passed.toMinutes() > 0 ? passed.toMinutes() + " min" : passed.toSeconds() + " s";
  }

  /** Stops taking tokens; those being verified are given up. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
