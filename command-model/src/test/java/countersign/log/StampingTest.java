package countersign.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.timestamp.TimeStamp;
import countersign.verifier.tree.Hash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the time stamping authority of openssl, behind a small HTTP server. */
@Timeout(60)
class StampingTest {
  private static final String CONFIGURATION =
      """
      [tsa]
      default_tsa = one
      [one]
      serial = %1$s/serial
      crypto_device = builtin
      signer_cert = %1$s/tsa.pem
      certs = %1$s/tsa.pem
      signer_key = %1$s/tsa.key
      signer_digest = sha256
      default_policy = 1.2.3.4.1
      digests = sha256
      accuracy = secs:1
      """;

  @TempDir private Path home;

  @BeforeEach
  void authority() throws Exception {
    Files.writeString(home.resolve("ts.cnf"), CONFIGURATION.formatted(home));
    Files.writeString(home.resolve("serial"), "01\n");
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=tsa",
        "-addext",
        "extendedKeyUsage=critical,timeStamping",
        "-keyout",
        "tsa.key",
        "-out",
        "tsa.pem");
  }

  @Test
  void stampsTheCheckpointSoThatOpensslVerifiesIt() throws Exception {
    String checkpoint = checkpoint();
    HttpServer server = serve();
    try (Stamping stamping =
        new Stamping(
            authority(server, Duration.ofSeconds(20)),
            Duration.ofHours(1),
            home,
            () -> Optional.of(checkpoint))) {
      stamping.start();
      LoggedStore.until("stamped", () -> stamping.newest() != null);
      // The same one is not asked for again, another one is stamped at once.
      assertThat(stamping.stamp(checkpoint).orElseThrow())
          .isSameAs(Objects.requireNonNull(stamping.newest()).stamp());
      BundleLog.Timestamp other = stamping.stamp("other\n").orElseThrow();
      assertThat(
              TimeStamp.read(other.response()).isOver("other\n".getBytes(StandardCharsets.UTF_8)))
          .isTrue();
      assertThat(other.chain()).isEqualTo(Files.readString(home.resolve("tsa.pem")));
    } finally {
      server.stop(0);
    }
    assertThat(Files.readString(home.resolve("stamps/9.checkpoint"))).isEqualTo(checkpoint);
    assertThat(
            openssl(
                "ts",
                "-verify",
                "-data",
                "stamps/9.checkpoint",
                "-in",
                "stamps/9.tsr",
                "-CAfile",
                "tsa.pem"))
        .contains("Verification: OK");
    Files.writeString(home.resolve("other"), checkpoint.replace("\n9\n", "\n8\n"));
    assertThatThrownBy(() ->
            openssl("ts", "-verify", "-data", "other", "-in", "stamps/9.tsr", "-CAfile", "tsa.pem"))
        .hasMessageContaining("FAILED");
  }

  @Test
  void takesNoStampForOtherBytesOrAnotherRequest() throws Exception {
    Stamp asked = new Stamp("one".getBytes(StandardCharsets.UTF_8));
    byte[] answer = reply(asked.request());
    asked.check(answer, List.of());
    assertThatThrownBy(
            () -> new Stamp("two".getBytes(StandardCharsets.UTF_8)).check(answer, List.of()))
        .hasMessage("timestamp: over other bytes");
    assertThatThrownBy(
            () -> new Stamp("one".getBytes(StandardCharsets.UTF_8)).check(answer, List.of()))
        .hasMessage("timestamp: of another request");
    // Refused, torn and hostile answers are said, never believed.
    assertThatThrownBy(() -> asked.check(reply(new byte[] {0x30, 0}), List.of()))
        .hasMessageContaining("not granted, status 2");
    for (int length = 0; length < answer.length; length += 7) {
      byte[] torn = java.util.Arrays.copyOf(answer, length);
      assertThatThrownBy(() -> asked.check(torn, List.of())).isInstanceOf(Malformed.class);
    }
    byte[] unsigned = answer.clone();
    unsigned[unsigned.length - 1] ^= 1;
    assertThatThrownBy(() -> asked.check(unsigned, List.of()))
        .hasMessageContaining("its signature is not that of CN=tsa");
  }

  @Test
  void anAuthorityThatStaysSilentOrSaysTooMuchIsLeft() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    CountDownLatch done = new CountDownLatch(1);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    // It answers, begins to say something, and says no more.
    server.createContext(
        "/silent",
        exchange -> {
          exchange.sendResponseHeaders(200, 5_000);
          exchange.getResponseBody().write(0x30);
          exchange.getResponseBody().flush();
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.createContext(
        "/long",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(new byte[TimeStamp.LONGEST + 1]);
          exchange.close();
        });
    server.start();
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      for (String path : List.of("/silent", "/long", "/none")) {
        try (Stamping stamping =
            new Stamping(
                new StampAuthority(URI.create(base + path), List.of(), Duration.ofMillis(500)),
                Duration.ofHours(1),
                home,
                Optional::empty)) {
          assertThat(stamping.stamp("one")).as(path).isEmpty();
        }
      }
    } finally {
      done.countDown();
      server.stop(0);
    }
  }

  private static StampAuthority authority(HttpServer server, Duration patience) {
    return new StampAuthority(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/tsr"),
        List.of(),
        patience);
  }

  private HttpServer serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/tsr",
        exchange -> {
          byte[] answer;
          try {
            answer = reply(exchange.getRequestBody().readAllBytes());
          } catch (Exception e) {
            throw new IOException(e);
          }
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  private byte[] reply(byte[] request) throws Exception {
    Files.write(home.resolve("q.tsq"), request);
    openssl(
        "ts",
        "-reply",
        "-config",
        "ts.cnf",
        "-section",
        "one",
        "-queryfile",
        "q.tsq",
        "-out",
        "a.tsr");
    return Files.readAllBytes(home.resolve("a.tsr"));
  }

  private static String checkpoint() {
    byte[] seed = new byte[32];
    Signer log = Signer.of("log.example", VerifierKey.Type.NOTE, seed);
    String text = new Checkpoint("log.example", 9, Hash.leaf(seed)).text();
    return new Note(text, List.of(log.sign(text, Instant.now()))).toString();
  }

  private String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(said);
    }
    return said;
  }
}
