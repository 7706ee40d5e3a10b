package countersign.store.sealing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A master key that never leaves HashiCorp Vault: its transit engine wraps and unwraps. It is asked
 * at each start and at each erasure; while it does not answer neither goes on, and what runs keeps
 * running. Thread-safe; a call takes at most {@link #ANSWER}.
 */
public final class VaultTransit implements MasterKey {
  /** Longest wait for an answer. */
  public static final Duration ANSWER = Duration.ofSeconds(10);

  private static final Pattern KEY =
      Pattern.compile("([A-Za-z0-9_-]{1,64})/keys/([A-Za-z0-9_.-]{1,128})");
  private static final Pattern WRAPPED =
      Pattern.compile("vault:v[0-9]{1,9}:[A-Za-z0-9+/=]{1,1000}");
  private static final int MOST_BYTES = 64 << 10;
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(3))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final URI address;
  private final String token;
  private final String namespace;
  private final String mount;
  private final String name;

  private VaultTransit(URI address, String token, String namespace, String mount, String name) {
    this.address = address;
    this.token = token;
    this.namespace = namespace;
    this.mount = mount;
    this.name = name;
  }

  /**
   * Names a key of a transit engine. Nothing is asked yet.
   *
   * @param path {@code MOUNT/keys/NAME}, such as {@code transit/keys/countersign}
   * @param environment {@code VAULT_ADDR} and {@code VAULT_TOKEN}, and {@code VAULT_NAMESPACE}
   *     where there is one
   * @throws IOException with words for the operator when one of them is missing or wrong; plain
   *     HTTP is taken for this machine only
   */
  public static VaultTransit of(String path, Map<String, String> environment) throws IOException {
    Matcher key = KEY.matcher(path);
    if (!key.matches()) {
      throw new IOException(
          "keys.master: ${vault:" + path + "} (expected: ${vault:transit/keys/NAME})");
    }
    String token = environment.getOrDefault("VAULT_TOKEN", "").strip();
    if (!token.matches("[\\x21-\\x7e]{1,4096}")) {
      throw new IOException("VAULT_TOKEN: not set, or no token (expected: a token of Vault)");
    }
    return new VaultTransit(
        address(environment.getOrDefault("VAULT_ADDR", "")),
        token,
        environment.getOrDefault("VAULT_NAMESPACE", ""),
        key.group(1),
        key.group(2));
  }

  private static URI address(String text) throws IOException {
    try {
      URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean here =
          uri.getHost() != null
              && java.util.List.of("127.0.0.1", "localhost", "[::1]").contains(uri.getHost());
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && here))) {
        return uri;
      }
    } catch (IllegalArgumentException notAUri) {
      // said below
    }
    throw new IOException(
        "VAULT_ADDR: " + text + " (expected: such as https://vault.internal:8200)");
  }

  @Override
  public String id() {
    return "vault:" + mount + "/keys/" + name;
  }

  @Override
  public String wrap(String what, byte[] key) throws IOException {
    byte[] bound = bound(what, key);
    JsonNode answer = ask("encrypt", JSON.createObjectNode().put("plaintext", encoded(bound)));
    Arrays.fill(bound, (byte) 0);
    String wrapped = answer.path("ciphertext").asText("");
    if (!WRAPPED.matcher(wrapped).matches()) {
      throw new IOException(id() + ": no ciphertext in the answer (expected: vault:v1:…)");
    }
    return wrapped;
  }

  @Override
  public byte[] unwrap(String what, String wrapped) throws IOException {
    if (!WRAPPED.matcher(wrapped).matches()) {
      throw new IOException(what + ": wrapped by something else (expected: by " + id() + ")");
    }
    JsonNode answer = ask("decrypt", JSON.createObjectNode().put("ciphertext", wrapped));
    byte[] opened;
    try {
      opened = Base64.getDecoder().decode(answer.path("plaintext").asText(""));
    } catch (IllegalArgumentException e) {
      throw new IOException(id() + ": no plaintext in the answer", e);
    }
    byte[] prefix = prefix(what);
    if (opened.length != prefix.length + 32
        || !Arrays.equals(opened, 0, prefix.length, prefix, 0, prefix.length)) {
      throw new IOException(what + ": wrapped for something else (expected: for " + what + ")");
    }
    return Arrays.copyOfRange(opened, prefix.length, opened.length);
  }

  /** What the key is for is wrapped with it: not every kind of transit key takes it beside. */
  private static byte[] bound(String what, byte[] key) {
    byte[] prefix = prefix(what);
    byte[] all = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, all, prefix.length, key.length);
    return all;
  }

  private static byte[] prefix(String what) {
    return ("countersign " + what + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private JsonNode ask(String operation, ObjectNode body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + mount + "/" + operation + "/" + name))
            .timeout(ANSWER)
            .header("X-Vault-Token", token)
            .header("X-Vault-Request", "true")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (!namespace.isEmpty()) {
      request.header("X-Vault-Namespace", namespace);
    }
    try {
      HttpResponse<InputStream> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      byte[] bytes;
      try (InputStream in = response.body()) {
        bytes = in.readNBytes(MOST_BYTES);
      }
      if (response.statusCode() != 200) {
        throw new IOException(
            id()
                + ": Vault answered "
                + response.statusCode()
                + " to "
                + operation
                + " (expected: 200; may the token do that?)");
      }
      return JSON.readTree(bytes).path("data");
    } catch (JsonProcessingException e) {
      // Without the cause, which quotes what it could not read.
      throw new IOException(id() + ": the answer of Vault is not JSON");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(id() + ": interrupted", e);
    } catch (java.net.http.HttpTimeoutException | java.net.ConnectException e) {
      throw new IOException(id() + ": Vault does not answer at " + address, e);
    }
  }

  @Override
  public String toString() {
    return id();
  }
}
