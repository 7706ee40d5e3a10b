package countersign.verifier.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import countersign.verifier.json.Json;
import countersign.verifier.note.Note;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** A log with two sessions, one of them erased later, and bundles of it. */
final class MadeBundles {
  static final UUID ONE = MadeLog.session(1);
  static final UUID TWO = MadeLog.session(2);
  static final UUID ERASED = MadeLog.session(3);

  final MadeLog log;

  /** The head that somebody kept, in the middle. */
  final Note kept;

  /** Position of the event that says that session three is erased. */
  final long erasure;

  MadeBundles() {
    this(new MadeLog());
  }

  MadeBundles(MadeLog log) {
    this.log = log;
    log.about(null, "EdgeStarted", Json.object().with("edge", "e1").made(), plain("host", "h"));
    open(ERASED);
    operation(ERASED, "allowed");
    close(ERASED, 0, 0, 0);
    open(ONE);
    operation(ONE, "allowed");
    this.kept = log.checkpoint();
    open(TWO);
    operation(TWO, "held");
    approval("ApprovalRequested");
    approval("Approved");
    approval("Used");
    Json batch =
        Json.object()
            .with("operations", Json.of(List.of(decided(ONE, "allowed"), decided(ONE, "allowed"))))
            .made();
    log.of(ONE, "OperationsDecided", session(ONE), batch.canonicalBytes());
    operation(ONE, "blocked");
    segment(ONE, 0, 0, 0, "select 1", "one row");
    segment(ONE, 1, 8, 7, "select 2", "another");
    close(ONE, 2, 16, 14);
    close(TWO, 0, 0, 0);
    Json requested =
        Json.object()
            .with("id", "era-1")
            .with("sessions", Json.of(List.of(session(ERASED))))
            .made();
    log.about(null, "ErasureRequested", requested, plain("reason", "asked"));
    erasure =
        log.about(null, "ErasureCompleted", Json.object().with("id", "era-1").made(), new byte[0])
            .position();
    for (int i = 0; i < 300; i++) {
      log.about(
          null, "EdgeStarted", Json.object().with("edge", "e" + i).made(), plain("host", "h"));
    }
  }

  private void open(UUID session) {
    log.of(session, "SessionOpened", session(session), plain("target", "orders"));
  }

  private void operation(UUID session, String decision) {
    log.of(session, "OperationDecided", decided(session, decision), plain("text", "select 1"));
    log.of(session, "OperationCompleted", session(session), plain("tag", "SELECT 1"));
  }

  private void segment(
      UUID session, long number, long inFrom, long outFrom, String in, String out) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.write(in.length() * 2);
    frames.write(5);
    frames.writeBytes(in.getBytes(UTF_8));
    frames.write(out.length() * 2 + 1);
    frames.write(9);
    frames.writeBytes(out.getBytes(UTF_8));
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    plain.write(1);
    plain.write(frames.size());
    plain.writeBytes(com.github.luben.zstd.Zstd.compress(frames.toByteArray(), 1));
    Json clear =
        Json.object()
            .with("session", session.toString())
            .with("number", number)
            .with("inFrom", inFrom)
            .with("inLength", in.length())
            .with("outFrom", outFrom)
            .with("outLength", out.length())
            .with("fromMicros", 100 * number)
            .with("toMicros", 100 * number + 9)
            .made();
    log.of(session, "SegmentRecorded", clear, plain.toByteArray());
  }

  private void approval(String type) {
    log.about(TWO, type, session(TWO), plain("by", "bob"));
  }

  private void close(UUID session, long segments, long in, long out) {
    Json clear =
        Json.object()
            .with("session", session.toString())
            .with("segments", segments)
            .with("bytesIn", in)
            .with("bytesOut", out)
            .made();
    log.of(session, "SessionClosed", clear, plain("detail", ""));
  }

  static Json session(UUID session) {
    return Json.object().with("session", session.toString()).made();
  }

  private static Json decided(UUID session, String decision) {
    return Json.object()
        .with("session", session.toString())
        .with("decision", decision)
        .with("byEdge", Json.of(false))
        .made();
  }

  static byte[] plain(String name, String value) {
    return Json.object().with(name, value).made().canonicalBytes();
  }

  /** Everything that there is, disclosed but for what is erased. */
  Path range(Path directory) throws IOException {
    return write(
        directory.resolve("range.zip"),
        range(0, log.size()),
        event -> true,
        event -> ERASED.equals(event.about()) ? event.metadata() : event.disclosed());
  }

  /** Two sessions whole, and nothing else. */
  Path sessions(Path directory) throws IOException {
    return write(
        directory.resolve("sessions.zip"),
        Optional.empty(),
        event -> ONE.equals(event.about()) || TWO.equals(event.about()),
        MadeLog.Made::disclosed);
  }

  /** An erased session and what proves that it is. */
  Path erased(Path directory) throws IOException {
    return write(
        directory.resolve("erased.zip"),
        Optional.empty(),
        event -> ERASED.equals(event.about()) || event.leaf().type().startsWith("Erasure"),
        event -> ERASED.equals(event.about()) ? event.erased(erasure) : event.disclosed());
  }

  static Optional<BundleScope.Range> range(long from, long to) {
    return Optional.of(new BundleScope.Range(from, to));
  }

  /** Writes a bundle of what is chosen. */
  Path write(
      Path file,
      Optional<BundleScope.Range> range,
      Predicate<MadeLog.Made> chosen,
      Function<MadeLog.Made, BundleEvent> shown)
      throws IOException {
    return write(file, range, chosen, shown, log.at(log.checkpoint(), List.of(kept)));
  }

  /** The same with what is said of the log. */
  Path write(
      Path file,
      Optional<BundleScope.Range> range,
      Predicate<MadeLog.Made> chosen,
      Function<MadeLog.Made, BundleEvent> shown,
      BundleLog at)
      throws IOException {
    BundleScope scope =
        new BundleScope(
            Map.of("scope", "made"),
            range,
            "dana",
            "audit",
            Optional.of("T-1"),
            true,
            Instant.parse("2026-11-21T04:00:00Z"));
    try (BundleWriter writer = BundleWriter.begin(file.getParent(), scope)) {
      for (MadeLog.Made event : log.events()) {
        if (chosen.test(event)) {
          writer.add(shown.apply(event));
        }
      }
      try (var duties = writer.file("duties/rulebook.json", Role.duties, "application/json")) {
        duties.write("{}".getBytes(UTF_8));
      }
      writer.finish(file, at, Progress.NONE);
    }
    return file;
  }
}
