package countersign.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.VerifierKey;
import countersign.verifier.tree.Hash;
import countersign.verifier.tree.Proofs;
import countersign.verifier.tree.TileNodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LogKeepingTest {
  private LoggedStore logged;

  @BeforeEach
  void open() throws Exception {
    logged = LoggedStore.open();
  }

  @AfterEach
  void close() {
    logged.close();
  }

  @Test
  void everyEventIsProvenByWhatIsServed() throws Exception {
    logged.keep();
    logged.append(3, 700);
    Note note = Note.parse(logged.keeping.checkpoint().orElseThrow());
    assertThat(note.signedBy(VerifierKey.parse(logged.keeping.vkey()))).isTrue();
    Checkpoint head = Checkpoint.parse(note.text());
    assertThat(head.origin()).isEqualTo("log.example");
    TileNodes nodes =
        new TileNodes(
            head.size(),
            tile ->
                logged
                    .keeping
                    .tile(tile.level(), tile.index(), tile.width())
                    .orElseThrow(() -> new IOException(tile.path())));
    assertThat(Proofs.root(head.size(), nodes)).isEqualTo(head.root());
    for (long index : new long[] {0, 255, 256, 511, 699, head.size() - 1}) {
      byte[] stored = leaf(index);
      assertThat(
              Proofs.included(
                  index,
                  head.size(),
                  Hash.of(stored),
                  Proofs.inclusion(index, head.size(), nodes),
                  head.root()))
          .isTrue();
    }
    // Entries hash to the tile of their level.
    byte[] tile = logged.keeping.tile(0, 1, 256).orElseThrow();
    ByteBuffer bundle =
        ByteBuffer.wrap(logged.keeping.entries(1, 256).toCompletableFuture().join().orElseThrow());
    for (int i = 0; i < 256; i++) {
      byte[] entry = new byte[bundle.getShort() & 0xffff];
      bundle.get(entry);
      assertThat(Hash.leaf(entry).bytes())
          .isEqualTo(Arrays.copyOfRange(tile, i * 32, (i + 1) * 32));
    }
    assertThat(bundle.hasRemaining()).isFalse();
    // Nothing beyond what is signed.
    assertThat(logged.keeping.tile(0, head.size() / 256, 256)).isEmpty();
    assertThat(logged.keeping.tile(5, 0, 1)).isEmpty();
    assertThat(logged.keeping.tile(0, Long.MAX_VALUE / 3, 256)).isEmpty();
    assertThat(logged.keeping.entries(7, 256).toCompletableFuture().join()).isEmpty();
    LoggedStore.until("verified", () -> logged.keeping.integrity().state() == Integrity.State.ok);
  }

  @Test
  void aCheckpointIsNoReasonForAnother() throws Exception {
    logged.keep();
    logged.append(1, 5);
    String before = settled();
    // Whatever would follow follows within a second.
    Thread.sleep(2_500);
    assertThat(checkpoints()).isEqualTo(before);
    assertThat(settled()).isEqualTo(before);
    logged.append(1, 1);
    String after = settled();
    assertThat(Long.parseLong(after)).isEqualTo(Long.parseLong(before) + 1);
    // Nor is a start.
    logged.stop();
    logged.keep();
    assertThat(settled()).isEqualTo(after);
    Thread.sleep(1_500);
    assertThat(checkpoints()).isEqualTo(after);
  }

  /** Waits until the one event that is not signed for is the newest checkpoint itself. */
  private String settled() throws Exception {
    LoggedStore.until(
        "settled",
        () ->
            logged.keeping.integrity().size() == logged.store().knownHead() + 1
                && logged.keeping.integrity().size()
                    == logged.keeping.integrity().signedSize() + 1);
    return checkpoints();
  }

  @Test
  void lostHashesAreMadeAgainAndALostMemoryIsNot() throws Exception {
    logged.keep();
    logged.append(2, 600);
    logged.stop();
    Files.delete(logged.directory.resolve("level-0"));
    Files.write(logged.directory.resolve("level-1"), new byte[64]);
    logged.keep();
    logged.append(1, 1);
    assertThat(logged.keeping.integrity().problems()).isEmpty();
    logged.stop();
    assertThat(logged.fsck(null).finding()).isNull();
    Files.delete(logged.directory.resolve("signed"));
    logged.keep();
    LoggedStore.until(
        "refusing", () -> logged.keeping.integrity().state() == Integrity.State.problem);
    assertThat(logged.keeping.integrity().problems().getFirst().kind())
        .isEqualTo(Integrity.Kind.signer);
    assertThat(logged.keeping.checkpoint()).isEmpty();
  }

  @Test
  void onlyOneProcessSigns() throws Exception {
    logged.keep();
    logged.append(1, 3);
    try (LogKeeping second =
        LogKeeping.start(
            LogSettings.of(logged.home.resolve("other"), "log.example"),
            logged.test.settings,
            logged.store(),
            java.time.InstantSource.system(),
            1_000)) {
      logged.append(1, 3);
      assertThat(second.integrity().signedSize()).isZero();
      assertThat(second.checkpoint()).isEmpty();
    }
  }

  @Test
  void theKeyIsForItsOwnerAlone() throws Exception {
    logged.keep();
    var key = logged.directory.resolve("signer.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    logged.stop();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> logged.keep())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rw-r--r-- (expected: rw-------");
  }

  private String checkpoints() throws Exception {
    return logged.test.ask("select count(*) from log.events where type = 'CheckpointSigned'");
  }

  private byte[] leaf(long position) throws Exception {
    return java.util.HexFormat.of()
        .parseHex(
            logged.test.ask(
                "select encode(leaf, 'hex') from log.events where position = " + position));
  }
}
