package countersign.app.demo;

import countersign.app.start.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/**
 * The demo's identity provider: a real issuer with discovery document and published keys, whose
 * tokens take the same way as anybody's. It signs for whoever asks on this host, which is why it
 * exists in the demo only. Thread-safe.
 */
public final class DemoIdentityProvider {
  /** How long a token is good. */
  public static final Duration LIFE = Duration.ofMinutes(15);

  /** Audience of its tokens. */
  public static final String AUDIENCE = "countersign";

  private final String issuer;
  private final PublicJsonWebKey key;
  private final Clock clock;

  private DemoIdentityProvider(String issuer, PublicJsonWebKey key, Clock clock) {
    this.issuer = issuer;
    this.key = key;
    this.clock = clock;
  }

  /**
   * Opens the provider whose key is kept in a directory, making one the first time.
   *
   * @param directory directory only this account can enter
   * @param issuer URL its documents are found under
   * @throws Failure if the key cannot be read or made
   */
  public static DemoIdentityProvider open(Path directory, String issuer, Clock clock) {
    Path file = directory.resolve("key.jwk");
    try {
      if (!Files.exists(file)) {
        EllipticCurveJsonWebKey made = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        made.setKeyId("demo-" + UUID.randomUUID());
        made.setUse("sig");
        made.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        Path fresh =
            Files.createTempFile(
                directory,
                "key",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, made.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return new DemoIdentityProvider(
          issuer, PublicJsonWebKey.Factory.newPublicJwk(Files.readString(file)), clock);
    } catch (IOException | JoseException e) {
      throw new Failure(
          "demo: its key in " + file + " cannot be used (" + e.getClass().getSimpleName() + ")");
    }
  }

  /** The issuer's URL. */
  public String issuer() {
    return issuer;
  }

  /** The discovery document (OpenID Connect Discovery 1.0 §3), as far as this provider goes. */
  public Map<String, Object> discovery() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("issuer", issuer);
    document.put("jwks_uri", issuer + "/jwks");
    document.put("token_endpoint", issuer + "/token");
    document.put("response_types_supported", List.of("token"));
    document.put("subject_types_supported", List.of("public"));
    document.put("id_token_signing_alg_values_supported", List.of(key.getAlgorithm()));
    return document;
  }

  /** The published key set (RFC 7517); public parts only. */
  public String keySet() {
    return new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
  }

  /** Signs a token for one of the demo's people. */
  public String token(DemoPeople.Person person) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(issuer);
    claims.setAudience(AUDIENCE);
    claims.setJwtId(UUID.randomUUID().toString());
    NumericDate now = NumericDate.fromMilliseconds(clock.millis());
    claims.setIssuedAt(now);
    claims.setNotBefore(now);
    claims.setExpirationTime(NumericDate.fromMilliseconds(clock.millis() + LIFE.toMillis()));
    if (person.via().isEmpty()) {
      about(person).forEach(claims::setClaim);
    } else {
      about(named(person.via().getFirst())).forEach(claims::setClaim);
      claims.setClaim("act", act(person));
    }
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setHeader("typ", "at+jwt");
    signature.setKeyIdHeaderValue(key.getKeyId());
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    signature.setKey(key.getPrivateKey());
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("the demo's key cannot sign", e);
    }
  }

  /** RFC 8693 §4.1: outermost who acts now, inside who acted before. */
  private static Map<String, Object> act(DemoPeople.Person acting) {
    Map<String, Object> inner = Map.of();
    for (String before : acting.via().subList(1, acting.via().size())) {
      Map<String, Object> actor = about(named(before));
      if (!inner.isEmpty()) {
        actor.put("act", inner);
      }
      inner = actor;
    }
    Map<String, Object> outermost = about(acting);
    if (!inner.isEmpty()) {
      outermost.put("act", inner);
    }
    return outermost;
  }

  private static Map<String, Object> about(DemoPeople.Person person) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", person.name());
    claims.put("kind", person.kind());
    claims.put("groups", person.groups());
    if (person.owner().isEmpty()) {
      claims.put("email", person.name() + "@demo.invalid");
      claims.put("email_verified", true);
    } else {
      claims.put("owner", person.owner());
    }
    return claims;
  }

  private static DemoPeople.Person named(String name) {
    return DemoPeople.named(name)
        .orElseThrow(() -> new IllegalStateException(name + " is not one of the demo's people"));
  }
}
