package countersign.app.identity;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** A real issuer on a port of its own: documents over HTTP, keys that can be rotated. */
final class Issuing implements AutoCloseable {
  private final HttpServer server;
  final List<PublicJsonWebKey> published = new CopyOnWriteArrayList<>();
  final AtomicInteger reads = new AtomicInteger();
  volatile String discovery = "";

  Issuing() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    discovery = JsonUtil.toJson(Map.of("issuer", url(), "jwks_uri", url() + "/keys"));
    answer("/.well-known/openid-configuration", () -> discovery);
    answer(
        "/keys",
        () -> {
          reads.incrementAndGet();
          return new JsonWebKeySet(published.toArray(JsonWebKey[]::new))
              .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        });
    server.start();
  }

  private void answer(String path, java.util.function.Supplier<String> body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** A new key, published. */
  PublicJsonWebKey key(String algorithm) {
    PublicJsonWebKey key = unpublished(algorithm);
    published.add(key);
    return key;
  }

  static PublicJsonWebKey unpublished(String algorithm) {
    try {
      PublicJsonWebKey key =
          switch (algorithm) {
            case "RS256" -> RsaJwkGenerator.generateJwk(2048);
            case "ES256" -> EcJwkGenerator.generateJwk(EllipticCurves.P256);
            case "EdDSA" -> OkpJwkGenerator.generateJwk("Ed25519");
            default -> throw new IllegalArgumentException(algorithm);
          };
      key.setKeyId("k-" + System.nanoTime());
      key.setAlgorithm(algorithm);
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ordinary claims of a good token, changed by what is given; a null value takes one away. */
  Map<String, Object> claims(String subject, Object... changes) {
    Map<String, Object> claims = new java.util.HashMap<>();
    long now = Instant.now().getEpochSecond();
    claims.put("iss", url());
    claims.put("aud", "countersign");
    claims.put("sub", subject);
    claims.put("iat", now);
    claims.put("exp", now + 900);
    claims.put("groups", List.of("engineers"));
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) {
        claims.remove((String) changes[i]);
      } else {
        claims.put((String) changes[i], changes[i + 1]);
      }
    }
    return claims;
  }

  static String sign(PublicJsonWebKey key, Map<String, Object> claims) {
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setPayload(JsonUtil.toJson(claims));
      signature.setKey(key.getPrivateKey());
      signature.setAlgorithmHeaderValue(key.getAlgorithm());
      signature.setKeyIdHeaderValue(key.getKeyId());
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
