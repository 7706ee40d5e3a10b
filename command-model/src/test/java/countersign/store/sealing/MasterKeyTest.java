package countersign.store.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import countersign.event.KeyScope;
import countersign.session.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master key: in a file, in Vault, and changed. */
class MasterKeyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir Path directory;
  private HttpServer vault;
  private int version = 1;
  private int status = 200;
  private final List<String> asked = new ArrayList<>();

  /** Vault's transit engine as its documentation has it: encrypt and decrypt of one key. */
  private Map<String, String> vault() throws IOException {
    Map<Integer, byte[]> versions = Map.of(1, Wrapping.fresh(), 2, Wrapping.fresh());
    vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    vault.createContext("/v1/transit/", exchange -> answer(exchange, versions));
    vault.start();
    return Map.of(
        "VAULT_ADDR",
        "http://127.0.0.1:" + vault.getAddress().getPort(),
        "VAULT_TOKEN",
        "hvs.secret-token");
  }

  private void answer(HttpExchange exchange, Map<Integer, byte[]> versions) throws IOException {
    asked.add(exchange.getRequestURI().getPath());
    JsonNode body = JSON.readTree(exchange.getRequestBody());
    var data = JSON.createObjectNode();
    if (body.has("plaintext")) {
      byte[] plain = Base64.getDecoder().decode(body.get("plaintext").asText());
      String sealed = Wrapping.wrap(versions.get(version), "vault", plain);
      data.put(
          "ciphertext", "vault:v" + version + ":" + sealed.replace('-', '+').replace('_', '/'));
    } else {
      String[] words = body.get("ciphertext").asText().split(":");
      byte[] key = versions.get(Integer.parseInt(words[1].substring(1)));
      data.put(
          "plaintext",
          Base64.getEncoder()
              .encodeToString(
                  Wrapping.unwrap(key, "vault", words[2].replace('+', '-').replace('/', '_'))));
    }
    boolean known =
        "hvs.secret-token".equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"));
    byte[] answer = JSON.writeValueAsBytes(JSON.createObjectNode().set("data", data));
    exchange.sendResponseHeaders(known ? status : 403, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  @AfterEach
  void stop() {
    if (vault != null) {
      vault.stop(0);
    }
  }

  @Test
  void wrapsInVaultAndKeepsNoMasterKeyHere() throws Exception {
    Map<String, String> environment = vault();
    MasterKey master = VaultTransit.of("transit/keys/countersign", environment);
    SessionId session = SessionId.next();
    byte[] key = made(master, session);
    assertThat(directory.resolve("master.key")).doesNotExist();
    assertThat(Files.readString(directory.resolve("epoch-00000001.key")))
        .contains("under vault:transit/keys/countersign vault:v1:");
    assertThat(found(VaultTransit.of("transit/keys/countersign", environment), session))
        .isEqualTo(key);
    assertThat(asked)
        .contains("/v1/transit/encrypt/countersign", "/v1/transit/decrypt/countersign");
  }

  @Test
  void failsClosedWhenVaultRefusesOrIsGone() throws Exception {
    Map<String, String> environment = vault();
    MasterKey master = VaultTransit.of("transit/keys/countersign", environment);
    made(master, SessionId.next());
    status = 503;
    assertThatThrownBy(() -> KeyStore.open(directory, master))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Vault answered 503")
        .hasMessageNotContaining("hvs.");
    Map<String, String> stranger =
        Map.of("VAULT_ADDR", environment.get("VAULT_ADDR"), "VAULT_TOKEN", "hvs.other");
    assertThatThrownBy(
            () -> KeyStore.open(directory, VaultTransit.of("transit/keys/countersign", stranger)))
        .hasMessageContaining("403")
        .hasMessageNotContaining("hvs.");
    vault.stop(0);
    assertThatThrownBy(() -> KeyStore.open(directory, master))
        .hasMessageContaining("Vault does not answer");
  }

  @Test
  void takesNoKeyThatVaultWrappedForSomethingElse() throws Exception {
    MasterKey master = VaultTransit.of("transit/keys/countersign", vault());
    String wrapped = master.wrap("root", Wrapping.fresh());
    assertThatThrownBy(() -> master.unwrap("epoch-00000001", wrapped))
        .hasMessageContaining("wrapped for something else");
  }

  @Test
  void refusesAnAddressInTheClearAndAPathThatIsNone() {
    Map<String, String> clear =
        Map.of("VAULT_ADDR", "http://vault.internal:8200", "VAULT_TOKEN", "hvs.x");
    assertThatThrownBy(() -> VaultTransit.of("transit/keys/a", clear))
        .hasMessageContaining("VAULT_ADDR: http://vault.internal:8200 (expected: such as https://");
    assertThatThrownBy(() -> VaultTransit.of("secret/data/a", clear))
        .hasMessageContaining("expected: ${vault:transit/keys/NAME}");
    assertThatThrownBy(
            () -> VaultTransit.of("transit/keys/a", Map.of("VAULT_ADDR", "https://v:8200")))
        .hasMessageContaining("VAULT_TOKEN: not set");
  }

  @Test
  void takesTheNewestVersionOfVaultsKeyWhenRotated() throws Exception {
    MasterKey master = VaultTransit.of("transit/keys/countersign", vault());
    SessionId session = SessionId.next();
    byte[] key = made(master, session);
    version = 2;
    MasterKeyRotation.of(directory).move(master, master);
    assertThat(Files.readString(directory.resolve("epoch-00000001.key")))
        .contains("vault:v2:")
        .doesNotContain("vault:v1:");
    assertThat(found(master, session)).isEqualTo(key);
  }

  @Test
  void movesFromTheFileToVaultAndDropsTheOldWrappingAtTheFirstStart() throws Exception {
    MasterKey file = MasterKey.of(directory);
    SessionId session = SessionId.next();
    byte[] key = made(file, session);
    char[] password = RootKey.open(directory, file).password("role/append");
    MasterKey master = VaultTransit.of("transit/keys/countersign", vault());
    assertThat(MasterKeyRotation.of(directory).move(file, master)).isEqualTo(2);
    assertThat(found(file, session)).as("until somebody starts with the new key").isEqualTo(key);
    assertThat(found(master, session)).isEqualTo(key);
    assertThat(RootKey.open(directory, master).password("role/append")).isEqualTo(password);
    assertThatThrownBy(() -> KeyStore.open(directory, file)).hasMessageContaining("does not open");
  }

  @Test
  void opensAfterACrashAtAnyStepOfARenewal() throws Exception {
    List<String> steps = new ArrayList<>();
    Path first = directory.resolve("first");
    made(first, MasterKey.of(first), SessionId.next());
    RootKey.open(first, MasterKey.of(first));
    assertThat(MasterKeyRotation.of(first, steps::add).renew()).isEqualTo(2);
    assertThat(steps).hasSizeGreaterThan(15);
    for (int crash = 0; crash < steps.size(); crash++) {
      Path keys = directory.resolve("crash-" + crash);
      SessionId session = SessionId.next();
      byte[] key = made(keys, MasterKey.of(keys), session);
      char[] password = RootKey.open(keys, MasterKey.of(keys)).password("role/view");
      int at = crash;
      int[] seen = new int[1];
      MasterKeyRotation rotation =
          MasterKeyRotation.of(
              keys,
              _ -> {
                if (seen[0]++ == at) {
                  throw new IllegalStateException("crash");
                }
              });
      assertThatThrownBy(rotation::renew).hasMessage("crash");
      MasterKey now = MasterKey.of(keys);
      assertThat(found(keys, now, session)).as(steps.get(at)).isEqualTo(key);
      assertThat(RootKey.open(keys, now).password("role/view")).isEqualTo(password);
      MasterKeyRotation.of(keys).renew();
      assertThat(found(keys, MasterKey.of(keys), session)).isEqualTo(key);
      assertThatThrownBy(() -> KeyStore.open(keys, now)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void keepsSecretsAcrossARotationAndShowsThemToNobodyElse() throws Exception {
    MasterKey master = MasterKey.of(directory);
    SealedSecrets secrets = SealedSecrets.open(directory, RootKey.open(directory, master));
    secrets.set("orders", "first".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    secrets.set("orders", "s3cr3t-ü".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    MasterKeyRotation.of(directory).renew();
    SealedSecrets again =
        SealedSecrets.open(directory, RootKey.open(directory, MasterKey.of(directory)));
    assertThat(again.read("orders")).hasValue("s3cr3t-ü".toCharArray());
    assertThat(again.read("none")).isEmpty();
    assertThat(Files.readString(directory.resolve("secrets/orders.secret")))
        .doesNotContain("s3cr3t");
    assertThatThrownBy(() -> again.set("../orders", new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> again.set("orders", new byte[0])).hasMessageContaining("0 bytes");
    Files.move(
        directory.resolve("secrets/orders.secret"), directory.resolve("secrets/other.secret"));
    assertThatThrownBy(() -> again.read("other")).hasMessageContaining("does not open");
  }

  private byte[] made(MasterKey master, SessionId session) throws Exception {
    return made(directory, master, session);
  }

  private static byte[] made(Path keys, MasterKey master, SessionId session) throws Exception {
    try (KeyStore store = KeyStore.open(keys, master)) {
      RootKey.open(keys, master);
      SealingKey key = store.keyFor(KeyScope.of(session));
      key.durable().get(5, TimeUnit.SECONDS);
      return key.extracted();
    }
  }

  private byte[] found(MasterKey master, SessionId session) throws Exception {
    return found(directory, master, session);
  }

  private static byte[] found(Path keys, MasterKey master, SessionId session) throws Exception {
    try (KeyStore store = KeyStore.open(keys, master)) {
      assertThat(store.erase(Set.of())).isZero();
      return store.existing(session).orElseThrow().extracted();
    }
  }
}
