package countersign.store.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.event.KeyScope;
import countersign.session.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyStoreTest {
  @TempDir Path directory;
  private Path keys;

  @BeforeEach
  void choose() {
    keys = directory.resolve("keys");
  }

  @Test
  void findsItsKeysAgainAndGivesTheSameOneToAScope() throws Exception {
    KeyScope session = new KeyScope.OfSession(SessionId.next());
    SealingKey made;
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      made = store.keyFor(session);
      assertThat(store.keyFor(session)).isSameAs(made);
      assertThat(store.keyFor(new KeyScope.OfStore()).id()).isNotEqualTo(made.id());
      made.durable().get(5, TimeUnit.SECONDS);
    }
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      assertThat(store.keyFor(session).id()).isEqualTo(made.id());
      assertThat(store.find(made.id()).orElseThrow().extracted()).isEqualTo(made.extracted());
      assertThat(store.find(UUID.randomUUID())).isEmpty();
    }
  }

  @Test
  void seesTheKeysOfAnotherProcess() throws Exception {
    MasterKey master = MasterKey.of(keys);
    try (KeyStore one = KeyStore.open(keys, master);
        KeyStore two = KeyStore.open(keys, master)) {
      SealingKey made = one.keyFor(new KeyScope.OfSession(SessionId.next()));
      made.durable().get(5, TimeUnit.SECONDS);
      assertThat(two.find(made.id()).orElseThrow().extracted()).isEqualTo(made.extracted());
    }
  }

  @Test
  void overlooksALineTornByACrash() throws Exception {
    SealingKey before;
    SealingKey after;
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      before = store.keyFor(new KeyScope.OfSession(SessionId.next()));
      before.durable().get(5, TimeUnit.SECONDS);
    }
    Path file = keys.resolve("epoch-00000001.keys");
    Files.writeString(file, "\nkey " + UUID.randomUUID() + " sto", StandardOpenOption.APPEND);
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      after = store.keyFor(new KeyScope.OfSession(SessionId.next()));
      after.durable().get(5, TimeUnit.SECONDS);
    }
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      assertThat(store.find(before.id())).isPresent();
      assertThat(store.find(after.id())).isPresent();
    }
  }

  @Test
  void refusesAnotherMasterKey() throws Exception {
    KeyStore.open(keys, MasterKey.of(keys)).close();
    MasterKey other = MasterKey.of(directory.resolve("other"));
    assertThatThrownBy(() -> KeyStore.open(keys, other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "does not open (expected: wrapped under the master key at hand, " + other.id());
  }

  @Test
  void refusesAMasterKeyThatOthersReadOrThatIsNone() throws Exception {
    MasterKey.of(keys);
    Path file = keys.resolve("master.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> MasterKey.of(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rw-r----- (expected: rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "c2hvcnQ=");
    assertThatThrownBy(() -> MasterKey.of(keys)).hasMessageContaining("expected: 32 bytes");
  }

  @Test
  void keepsNoKeyInTheClear() throws Exception {
    MasterKey master = MasterKey.of(keys);
    try (KeyStore store = KeyStore.open(keys, master)) {
      store.keyFor(new KeyScope.OfStore()).durable().get(5, TimeUnit.SECONDS);
    }
    List<String> lines = Files.readAllLines(keys.resolve("epoch-00000001.keys"));
    assertThat(lines).anyMatch(line -> line.startsWith("key "));
    // 12 bytes of nonce, 32 of key, 16 of tag: 80 characters of Base64.
    assertThat(lines.stream().filter(l -> l.startsWith("key ")).map(l -> l.split(" ")[3].length()))
        .containsOnly(80);
  }

  @Test
  void makesOneMasterKeyAndOneRootKeyForThoseThatStartTogether() {
    List<char[]> passwords =
        IntStream.range(0, 16)
            .parallel()
            .mapToObj(_ -> {
              try {
                return RootKey.open(keys, MasterKey.of(keys)).password("role/append");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
            .toList();
    assertThat(passwords.stream().map(String::new).distinct()).hasSize(1);
    assertThat(new String(passwords.getFirst())).matches("[A-Za-z0-9_-]{43}");
  }
}
