package countersign.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.note.AddCheckpoint;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.SignatureLine;
import countersign.verifier.note.Signer;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Edge;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Nodes;
import countersign.verifier.tree.Proofs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer that c2sp.org/tlog-witness names. */
class WitnessTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Signer LOG = key("log.example", VerifierKey.Type.NOTE, 1);
  private static final Signer OTHER = key("log.example", VerifierKey.Type.NOTE, 2);
  private static final Signer OWN = key("witness.example", VerifierKey.Type.COSIGNATURE, 3);
  private static final List<Hash> LEAVES =
      IntStream.range(0, 300).mapToObj(i -> Hash.leaf(new byte[] {(byte) i, 7})).toList();

  @TempDir private Path state;
  private Witness witness;

  @BeforeEach
  void open() throws IOException {
    witness = witness();
  }

  private Witness witness() throws IOException {
    return new Witness(LOG.verifier(), OWN, state, InstantSource.fixed(NOW));
  }

  @Test
  void cosignsWhatContinuesWhatItSaw() throws Exception {
    for (int[] step : new int[][] {{0, 1}, {1, 7}, {7, 7}, {7, 256}, {256, 300}}) {
      Witness.Answer answer = add(step[0], step[1], LOG, LEAVES);
      assertThat(answer.status()).as("%d to %d", step[0], step[1]).isEqualTo(200);
      assertThat(answer.body()).endsWith("\n").startsWith("— witness.example ");
      SignatureLine line = SignatureLine.parse(answer.body().strip());
      assertThat(OWN.verifier().verify(note(step[1], LOG, LEAVES).text(), line)).isTrue();
    }
    assertThat(Checkpoint.parse(Note.parse(witness.newest().orElseThrow()).text()).size())
        .isEqualTo(300);
  }

  @Test
  void saysWhatItSawLast() throws Exception {
    assertThat(add(5, 9, LOG, LEAVES))
        .isEqualTo(new Witness.Answer(409, "text/x.tlog.size", "0\n"));
    add(0, 9, LOG, LEAVES);
    assertThat(add(0, 9, LOG, LEAVES))
        .isEqualTo(new Witness.Answer(409, "text/x.tlog.size", "9\n"));
    assertThat(add(5, 20, LOG, LEAVES).status()).isEqualTo(409);
  }

  @Test
  void refusesAnotherTree() throws Exception {
    List<Hash> forged = new ArrayList<>(LEAVES);
    forged.set(3, Hash.leaf(new byte[] {1}));
    add(0, 9, LOG, LEAVES);
    assertThat(add(9, 9, LOG, forged).status()).isEqualTo(409);
    assertThat(add(9, 20, LOG, forged).status()).isEqualTo(422);
    assertThat(body(new AddCheckpoint(9, List.of(), note(20, LOG, LEAVES))).status())
        .isEqualTo(422);
    assertThat(Checkpoint.parse(Note.parse(witness.newest().orElseThrow()).text()).size())
        .isEqualTo(9);
  }

  @Test
  void refusesOtherLogsKeysAndForms() throws Exception {
    assertThat(add(0, 9, OTHER, LEAVES).status()).isEqualTo(403);
    Signer elsewhere = key("else.example", VerifierKey.Type.NOTE, 1);
    Checkpoint head = new Checkpoint("else.example", 9, root(9, LEAVES));
    Note foreign = new Note(head.text(), List.of(elsewhere.sign(head.text(), NOW)));
    assertThat(body(new AddCheckpoint(0, List.of(), foreign)).status()).isEqualTo(404);
    assertThat(body(new AddCheckpoint(12, List.of(), note(9, LOG, LEAVES))).status())
        .isEqualTo(400);
    for (String text :
        List.of("", "old 0\n", "old 00\n\n" + note(9, LOG, LEAVES), "new 0\n\nx\n", "old -1\n\n")) {
      assertThat(witness.addCheckpoint(text.getBytes(StandardCharsets.UTF_8)).status())
          .as(text)
          .isEqualTo(400);
    }
    assertThat(body(new AddCheckpoint(0, List.of(root(3, LEAVES)), note(9, LOG, LEAVES))).status())
        .isEqualTo(422);
    assertThat(witness.newest()).isEmpty();
  }

  @Test
  void remembersAcrossAStartAndNeverCosignsWithoutItsMemory() throws Exception {
    add(0, 9, LOG, LEAVES);
    witness = witness();
    assertThat(add(0, 9, LOG, LEAVES).body()).isEqualTo("9\n");
    assertThat(add(9, 20, LOG, LEAVES).status()).isEqualTo(200);
    Files.writeString(state.resolve("checkpoint"), "torn");
    assertThatThrownBy(this::witness).isInstanceOf(IOException.class);
  }

  /** The race of the specification: a smaller tree is never stored over a larger one. */
  @Test
  void requestsAtOnceNeverTakeTheLogBack() throws Exception {
    add(0, 1, LOG, LEAVES);
    ConcurrentLinkedQueue<Integer> cosigned = new ConcurrentLinkedQueue<>();
    for (int round = 0; round < 20; round++) {
      int from = (int) Checkpoint.parse(Note.parse(witness.newest().orElseThrow()).text()).size();
      List<Integer> sizes = new ArrayList<>(IntStream.range(from, from + 12).boxed().toList());
      Collections.shuffle(sizes);
      List<Thread> threads =
          sizes.stream()
              .map(size ->
                  Thread.ofPlatform()
                      .start(() -> {
                        if (unchecked(from, size).status() == 200) {
                          cosigned.add(size);
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    // In the order of their cosigning sizes only grow; what is kept is the largest.
    long kept = Checkpoint.parse(Note.parse(witness.newest().orElseThrow()).text()).size();
    assertThat(kept).isEqualTo(Collections.max(cosigned).longValue());
    assertThat(Files.readString(state.resolve("checkpoint")))
        .isEqualTo(witness.newest().orElseThrow());
  }

  @Test
  void speaksHttp() throws Exception {
    try (WitnessServer server =
            WitnessServer.start(
                witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        HttpClient http = HttpClient.newHttpClient()) {
      URI base = URI.create("http://127.0.0.1:" + server.port());
      HttpResponse<String> added =
          http.send(
              HttpRequest.newBuilder(base.resolve("/add-checkpoint"))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          new AddCheckpoint(0, List.of(), note(9, LOG, LEAVES)).toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(added.statusCode()).isEqualTo(200);
      HttpResponse<String> again =
          http.send(
              HttpRequest.newBuilder(base.resolve("/add-checkpoint"))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          new AddCheckpoint(0, List.of(), note(9, LOG, LEAVES)).toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(again.statusCode()).isEqualTo(409);
      assertThat(again.headers().firstValue("Content-Type")).contains("text/x.tlog.size");
      assertThat(again.body()).isEqualTo("9\n");
      assertThat(get(http, base.resolve("/vkey")).body()).isEqualTo(OWN.verifier() + "\n");
      assertThat(get(http, base.resolve("/checkpoint")).body())
          .isEqualTo(witness.newest().orElseThrow());
      assertThat(get(http, base.resolve("/add-checkpoint")).statusCode()).isEqualTo(404);
      HttpResponse<String> large =
          http.send(
              HttpRequest.newBuilder(base.resolve("/add-checkpoint"))
                  .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(large.statusCode()).isEqualTo(413);
    }
  }

  private static HttpResponse<String> get(HttpClient http, URI uri) throws Exception {
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Witness.Answer unchecked(int old, int size) {
    try {
      return add(old, size, LOG, LEAVES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Witness.Answer add(int old, int size, Signer log, List<Hash> leaves) throws Exception {
    List<Hash> proof =
        old == 0 || old > size ? List.of() : Proofs.consistency(old, size, nodes(leaves));
    return body(new AddCheckpoint(old, proof, note(size, log, leaves)));
  }

  private Witness.Answer body(AddCheckpoint asked) throws IOException {
    return witness.addCheckpoint(asked.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Note note(int size, Signer log, List<Hash> leaves) {
    Checkpoint head = new Checkpoint(log.verifier().name(), size, root(size, leaves));
    return new Note(head.text(), List.of(log.sign(head.text(), NOW)));
  }

  private static Hash root(int size, List<Hash> leaves) {
    return Edge.EMPTY.grow(leaves.subList(0, size)).edge().root();
  }

  private static Nodes nodes(List<Hash> leaves) {
    return (level, index) ->
        Edge.EMPTY
            .grow(leaves.subList((int) (index << level), (int) ((index + 1) << level)))
            .edge()
            .root();
  }

  private static Signer key(String name, VerifierKey.Type type, int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    return Signer.of(name, type, bytes);
  }
}
