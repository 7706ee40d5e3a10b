package countersign.verifier.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleWriterTest {
  @TempDir Path directory;

  @Test
  void isTheSameFileEveryTimeAndOneThatOthersRead() throws IOException {
    Path one = write(small(), "one.zip");
    Path two = write(small(), "two.zip");
    assertThat(one).hasSameBinaryContentAs(two);
    try (ZipFile zip = new ZipFile(one.toFile())) {
      List<String> names = Collections.list(zip.entries()).stream().map(ZipEntry::getName).toList();
      assertThat(names)
          .isSorted()
          .contains("MANIFEST.json", "log/checkpoint", "log/tile/0/000.p/3", "VERIFY.md");
      String leaves =
          new String(zip.getInputStream(zip.getEntry("events/leaves.jsonl")).readAllBytes(), UTF_8);
      assertThat(leaves.lines()).hasSize(3);
    }
    try (var left = Files.list(directory)) {
      assertThat(left)
          .as("nothing of what was disclosed stays behind")
          .containsExactlyInAnyOrder(one, two);
    }
  }

  @Test
  void refusesAnEventThatIsNotWhatItsLeafSays() throws IOException {
    MadeLog.Made event = small().events().get(1);
    try (BundleWriter writer = BundleWriter.begin(directory, scope())) {
      BundleEvent other =
          new BundleEvent(
              1,
              event.leaf().bytes(),
              new BundleEvent.Content.Disclosed(event.clear(), event.sealed(), new byte[32]));
      assertThatThrownBy(() -> writer.add(other)).hasMessageContaining("does not open");
      BundleEvent clear =
          new BundleEvent(
              1, event.leaf().bytes(), new BundleEvent.Content.MetadataOnly("{}".getBytes(UTF_8)));
      assertThatThrownBy(() -> writer.add(clear)).hasMessageContaining("clear");
    }
  }

  @Test
  void refusesACheckpointThatDoesNotHoldTheEvents() throws IOException {
    MadeLog log = small();
    var early = log.checkpoint();
    log.about(null, "EdgeStarted", Json.object().made(), new byte[0]);
    try (BundleWriter writer = BundleWriter.begin(directory, scope())) {
      for (MadeLog.Made event : log.events()) {
        writer.add(event.disclosed());
      }
      assertThatThrownBy(() ->
              writer.finish(directory.resolve("x.zip"), log.at(early, List.of()), Progress.NONE))
          .hasMessageContaining("checkpoint: 3 leaves");
    }
  }

  private Path write(MadeLog log, String name) throws IOException {
    Path file = directory.resolve(name);
    try (BundleWriter writer = BundleWriter.begin(directory, scope())) {
      for (MadeLog.Made event : log.events()) {
        writer.add(event.disclosed());
      }
      writer.finish(file, log.at(log.checkpoint(), List.of()), Progress.NONE);
    }
    return file;
  }

  private static MadeLog small() {
    MadeLog log = new MadeLog();
    UUID session = MadeLog.session(1);
    Json clear = Json.object().with("session", session.toString()).made();
    log.of(session, "SessionOpened", clear, "{\"target\":\"orders\"}".getBytes(UTF_8));
    log.of(session, "OperationCompleted", clear, "{\"tag\":\"SELECT 1\"}".getBytes(UTF_8));
    log.of(session, "SessionClosed", clear, "{\"detail\":\"\"}".getBytes(UTF_8));
    return log;
  }

  private static BundleScope scope() {
    return new BundleScope(
        Map.of("last", "1h"),
        Optional.of(new BundleScope.Range(0, 3)),
        "dana",
        "audit",
        Optional.empty(),
        true,
        Instant.parse("2026-11-21T04:00:00Z"));
  }
}
