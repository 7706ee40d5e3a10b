package countersign.store.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.event.KeyScope;
import countersign.session.SessionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Erasing keys: what is left in files, and what a crash at any step leaves. */
class EpochTest {
  @TempDir Path directory;

  /** Ends a change where it stands, as a crash would. */
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static SealingKey key(KeyStore store, SessionId session) throws Exception {
    SealingKey key = store.keyFor(KeyScope.of(session));
    key.durable().get(5, TimeUnit.SECONDS);
    return key;
  }

  @Test
  void erasesOneSessionAndKeepsTheOthersUnderTheirOwnKeys() throws Exception {
    SessionId gone = SessionId.next();
    SessionId stays = SessionId.next();
    MasterKey master = MasterKey.of(directory);
    byte[] before;
    SealingKey erased;
    try (KeyStore store = KeyStore.open(directory, master)) {
      erased = key(store, gone);
      before = key(store, stays).extracted();
      assertThat(store.erase(Set.of(gone))).isEqualTo(1);
      assertThat(store.find(erased.id())).isEmpty();
      assertThat(store.erased(erased.id())).isTrue();
      assertThat(store.erased(gone)).isTrue();
      assertThat(store.existing(gone)).isEmpty();
      assertThatThrownBy(() -> store.keyFor(KeyScope.of(gone))).isInstanceOf(ScopeErased.class);
      assertThat(store.keyFor(KeyScope.of(stays)).extracted()).isEqualTo(before);
      key(store, SessionId.next());
      assertThat(store.erase(Set.of(gone))).as("erased twice").isZero();
    }
    try (KeyStore again = KeyStore.open(directory, MasterKey.of(directory))) {
      assertThat(again.existing(stays).orElseThrow().extracted()).isEqualTo(before);
      assertThat(again.find(erased.id())).isEmpty();
      assertThat(again.erased(erased.id())).isTrue();
      assertThatThrownBy(() -> again.keyFor(KeyScope.of(gone))).isInstanceOf(ScopeErased.class);
    }
  }

  @Test
  void leavesNoFileFromWhichTheErasedKeyOpensEvenBesideAnOldCopyOfTheKeys() throws Exception {
    SessionId gone = SessionId.next();
    MasterKey master = MasterKey.of(directory);
    try (KeyStore store = KeyStore.open(directory, master)) {
      key(store, gone);
      Path backup = directory.resolve("backup");
      Files.copy(directory.resolve("epoch-00000001.keys"), backup);
      store.erase(Set.of(gone));
      // Whoever kept the wrapped keys of the old epoch has nothing to open them with.
      Epoch.Line.Key line = line(backup, gone);
      KeyFiles files = KeyFiles.in(directory);
      byte[] now = new WrappedKey(files, "epoch-00000002").read(master);
      byte[] root = RootKey.open(directory, master).derive("countersign/secrets/v1");
      for (byte[] candidate : List.of(now, root)) {
        assertThatThrownBy(() -> new Epoch(1, candidate).unwrap(line))
            .isInstanceOf(IOException.class);
      }
      assertThat(names()).doesNotContain("epoch-00000001.key", "epoch-00000001.keys");
      assertThat(Files.readString(directory.resolve("epoch-00000002.keys")))
          .contains("gone ")
          .doesNotContain(line.wrapped());
    }
  }

  private static Epoch.Line.Key line(Path file, SessionId scope) throws IOException {
    return Files.readAllLines(file).stream()
        .map(Epoch::line)
        .filter(Epoch.Line.Key.class::isInstance)
        .map(Epoch.Line.Key.class::cast)
        .filter(key -> key.scope().equals(scope.toString()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void endsRightAfterACrashBetweenAnyTwoSteps() throws Exception {
    List<String> steps = steps();
    assertThat(steps)
        .contains("rename epoch-00000002.keys", "rename epoch-00000002.key")
        .contains("overwrite epoch-00000001.key", "remove epoch-00000001.keys")
        .hasSizeGreaterThanOrEqualTo(8);
    for (int crash = 0; crash < steps.size(); crash++) {
      Path keys = directory.resolve("crash-" + crash);
      Erasing erasing = prepared(keys);
      int at = crash;
      int[] seen = new int[1];
      try (KeyStore store =
          KeyStore.open(
              keys,
              MasterKey.of(keys),
              _ -> {
                if (seen[0]++ == at) {
                  throw new Crash();
                }
              })) {
        assertThatThrownBy(() -> store.erase(Set.of(erasing.gone))).isInstanceOf(Crash.class);
      }
      try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
        // Before the new epoch counted nothing happened, after it everything: never a part of it.
        Optional<SealingKey> kept = store.existing(erasing.gone);
        assertThat(kept.isEmpty()).as(steps.get(at)).isEqualTo(store.erased(erasing.gone));
        assertThat(store.existing(erasing.stays).orElseThrow().extracted())
            .as(steps.get(at))
            .isEqualTo(erasing.before);
        store.erase(Set.of(erasing.gone));
        assertThat(store.erased(erasing.gone)).as(steps.get(at)).isTrue();
        assertThat(store.existing(erasing.stays).orElseThrow().extracted())
            .isEqualTo(erasing.before);
      }
      assertThat(names(keys).stream().filter(name -> name.startsWith("epoch")).toList())
          .as("nothing of an old epoch stays after a crash before: " + steps.get(at))
          .containsExactlyInAnyOrder("epoch-00000002.key", "epoch-00000002.keys");
      assertThat(names(keys)).noneMatch(name -> name.startsWith("fresh-") || name.endsWith(".old"));
    }
  }

  private record Erasing(SessionId gone, SessionId stays, byte[] before) {}

  private static Erasing prepared(Path keys) throws Exception {
    SessionId gone = SessionId.next();
    SessionId stays = SessionId.next();
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys))) {
      key(store, gone);
      return new Erasing(gone, stays, key(store, stays).extracted());
    }
  }

  private List<String> steps() throws Exception {
    Path keys = directory.resolve("steps");
    Erasing erasing = prepared(keys);
    List<String> steps = new ArrayList<>();
    try (KeyStore store = KeyStore.open(keys, MasterKey.of(keys), steps::add)) {
      store.erase(Set.of(erasing.gone));
    }
    return steps;
  }

  @Test
  void goesOnInAnotherProcessThatErased() throws Exception {
    SessionId gone = SessionId.next();
    SessionId stays = SessionId.next();
    MasterKey master = MasterKey.of(directory);
    try (KeyStore one = KeyStore.open(directory, master);
        KeyStore two = KeyStore.open(directory, master)) {
      SealingKey erased = key(one, gone);
      SealingKey kept = key(one, stays);
      assertThat(two.find(erased.id())).isPresent();
      two.erase(Set.of(gone));
      // The other one's next key lands in the epoch in force, and it hears of the erasure.
      SealingKey late = key(one, SessionId.next());
      assertThat(two.find(late.id())).isPresent();
      assertThat(one.existing(gone)).isEmpty();
      assertThat(one.erased(erased.id())).isTrue();
      assertThat(one.find(kept.id())).isPresent();
    }
  }

  @Test
  void opensAKeyStoreOfRelease01() throws Exception {
    SessionId session = SessionId.next();
    byte[] master = Wrapping.fresh();
    KeyFiles files = KeyFiles.in(directory);
    files.put("master.key", KeyFiles.bytes(Base64.getEncoder().encode(master)));
    byte[] under =
        new Hkdf()
            .expand(
                Hkdf.extract(master), "countersign/epoch/v1".getBytes(StandardCharsets.US_ASCII));
    byte[] epoch = Wrapping.fresh();
    byte[] key = Wrapping.fresh();
    java.util.UUID id = java.util.UUID.randomUUID();
    files.put(
        "epoch-00000001.keys",
        KeyFiles.bytes(
            ("countersign-keys/1 epoch-00000001 "
                    + Wrapping.wrap(under, "epoch-00000001", epoch)
                    + "\n\nkey "
                    + id
                    + " "
                    + session
                    + " "
                    + Wrapping.wrap(epoch, "epoch-00000001/" + id + "/" + session, key)
                    + "\n")
                .getBytes(StandardCharsets.US_ASCII)));
    for (int start = 0; start < 2; start++) {
      try (KeyStore store = KeyStore.open(directory, MasterKey.of(directory))) {
        assertThat(store.find(id).orElseThrow().extracted()).isEqualTo(Hkdf.extract(key));
      }
    }
  }

  @Test
  void refusesToBeginAnewBesideKeysWhoseEpochKeyOrMasterKeyIsMissing() throws Exception {
    prepared(directory);
    Path elsewhere = Files.createTempFile("epoch", ".key");
    Files.move(
        directory.resolve("epoch-00000001.key"), elsewhere, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> KeyStore.open(directory, MasterKey.of(directory)))
        .hasMessageContaining("epoch-00000001.key: missing");
    Files.move(elsewhere, directory.resolve("epoch-00000001.key"));
    Files.delete(directory.resolve("master.key"));
    assertThatThrownBy(() -> MasterKey.of(directory)).hasMessageContaining("master.key: missing");
  }

  private List<String> names() throws IOException {
    return names(directory);
  }

  private static List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
