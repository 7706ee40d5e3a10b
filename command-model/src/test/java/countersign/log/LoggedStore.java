package countersign.log;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.session.SessionId;
import countersign.store.Samples;
import countersign.store.Store;
import countersign.store.TestStore;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.witness.Witness;
import countersign.witness.WitnessServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A store whose log is kept, and what somebody with all its powers does to it. */
final class LoggedStore implements AutoCloseable {
  final TestStore test;
  final Path home;
  final Path directory;
  private LogSettings settings;
  LogKeeping keeping;
  private Store store;
  Witness witness;
  private WitnessServer server;

  private LoggedStore(TestStore test, Path home) {
    this.test = test;
    this.home = home;
    this.store = test.store;
    this.directory = home.resolve("log");
    this.settings = LogSettings.of(directory, "log.example");
  }

  static LoggedStore open() throws Exception {
    return new LoggedStore(TestStore.open(), Files.createTempDirectory("countersign-log-"));
  }

  /** With a witness over HTTP that only knows this log's key. */
  LoggedStore witnessed() throws Exception {
    byte[] seed = SigningKey.of(home.resolve("witness.pem"));
    witness =
        new Witness(
            LogIdentity.of(settings).verifier(),
            Signer.of("witness.example", VerifierKey.Type.COSIGNATURE, seed),
            Files.createDirectories(home.resolve("witness")),
            InstantSource.system());
    server =
        WitnessServer.start(witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    settings =
        new LogSettings(
            directory,
            "log.example",
            new char[0],
            List.of(
                new LogSettings.WitnessAddress(
                    URI.create("http://127.0.0.1:" + server.port()), "")),
            1,
            null);
    return this;
  }

  LoggedStore keep() throws IOException {
    keeping = LogKeeping.start(settings, test.settings, store, InstantSource.system(), 50);
    return this;
  }

  void stop() {
    keeping.close();
    keeping = null;
  }

  /** Another process begins: it knows of the store what stands there. */
  void reopen() throws IOException {
    if (store != test.store) {
      store.close();
    }
    store = Store.open(test.settings, test.vertx);
  }

  Store store() {
    return store;
  }

  /** Appends events of some sessions in turn and waits until all of them are signed for. */
  List<SessionId> append(int sessions, int events) {
    List<SessionId> ids = new ArrayList<>();
    List<CompletionStage<Long>> last = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      ids.add(SessionId.next());
    }
    for (int i = 0; i < events; i++) {
      last.add(store.append(Samples.item(ids.get(i % sessions), i / sessions, "select " + i)));
    }
    long newest =
        last.stream().mapToLong(stage -> stage.toCompletableFuture().join()).max().orElseThrow();
    if (keeping != null) {
      until("signed", () -> keeping.integrity().signedSize() > newest);
    }
    return ids;
  }

  Fsck.Outcome fsck(String since) throws Exception {
    return Fsck.run(test.settings, directory, since, null, _ -> {});
  }

  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadline);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (keeping != null) {
      keeping.close();
    }
    if (server != null) {
      server.close();
    }
    if (store != test.store) {
      store.close();
    }
    test.close();
    TestStore.delete(home);
  }
}
