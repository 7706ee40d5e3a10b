package countersign.verifier.bundle;

import countersign.verifier.Leaf;
import countersign.verifier.Malformed;
import countersign.verifier.json.Json;
import countersign.verifier.note.Checkpoint;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes an evidence bundle: a zip file with
 *
 * <pre>
 * MANIFEST.json             scope, checkpoint, counts, every file with its SHA-256 (RFC 8785)
 * MANIFEST.dsse.json        the manifest signed with the log's key (in-toto Statement v1 in DSSE)
 * VERIFY.md                 how to check it, with our program and without
 * events/leaves.jsonl       the leaves as they were hashed, one a line, by position
 * events/disclosed.jsonl    for each of them, in the same order, its position and what may be seen
 * log/checkpoint            signed note; log/checkpoint-start, log/consistency_OLD_NEW.txt: earlier
 *                           ones and the proof that the log only grew
 * log/log.vkey, log.pem, policy.txt   for information: the auditor uses his own
 * log/tile/…                tiles that join the leaves to the checkpoint's root
 * log/checkpoint.tsr, log/tsa-chain.pem   timestamp of RFC 3161 over log/checkpoint
 * proofs/N.tlog-proof       the same for one leaf alone, when the scope is no range and not large
 * replay/SESSION/in.bin, out.bin, index.jsonl   what disclosed segments hold, made from the events
 * replay/SESSION/wire.pcapng   the same for Wireshark, in bundles of few sessions
 * reports/counts.json       the sums, made from the events
 * </pre>
 *
 * and what else {@link #file} is given. The same input gives the same bytes.
 *
 * <pre>{@code
 * try (BundleWriter writer = BundleWriter.begin(directory, scope)) {
 *   for (...) writer.add(new BundleEvent(position, leaf.bytes(), content));   // by position
 *   try (OutputStream out = writer.file("replay/…/session.cast", Role.replay, "application/x-asciicast")) {…}
 *   writer.finish(file, log, progress);
 * }
 * }</pre>
 *
 * <p>What is disclosed stands, until the bundle is packed, in files below the directory that only
 * this process's user may read; {@link #close} removes them. Memory does not grow with the content.
 * Not thread-safe; blocks, so use it on a virtual thread.
 */
public final class BundleWriter implements Closeable {
  /** More leaves than this, and proofs of single leaves are left out: the tiles prove them all. */
  static final int MOST_PROOFS = 2_000;

  static final String FORMAT = "countersign-evidence/1";
  static final String JSONL = "application/jsonl";

  private final BundleScope scope;
  private final Spool spool;
  private final OutputStream leaves;
  private final OutputStream disclosed;
  private final Opening opening = new Opening();
  private final Counts counts = new Counts();
  private final TilesOfScope tiles = new TilesOfScope();
  private final SortedMap<String, Long> withheld = new TreeMap<>();
  private final LogFiles logFiles;
  private final Replays replays;
  private long last = -1;
  private long count;

  private BundleWriter(BundleScope scope, Spool spool, Optional<ReplayForm> form)
      throws IOException {
    this.scope = scope;
    this.spool = spool;
    this.leaves = spool.begin("events/leaves.jsonl", Role.events, JSONL);
    this.disclosed = spool.begin("events/disclosed.jsonl", Role.events, JSONL);
    this.logFiles = new LogFiles(spool, tiles, scope.range().isEmpty());
    this.replays = new Replays(spool, form);
  }

  /**
   * Begins a bundle.
   *
   * @param directory where the files stand until they are packed; needs as much room as they have
   *     unpacked
   */
  public static BundleWriter begin(Path directory, BundleScope scope) throws IOException {
    return begin(directory, scope, Optional.empty());
  }

  /**
   * Begins a bundle in which disclosed recordings stand in another form too.
   *
   * @param form made for each session whose opening is disclosed
   */
  public static BundleWriter begin(Path directory, BundleScope scope, Optional<ReplayForm> form)
      throws IOException {
    Spool spool = new Spool(directory);
    try {
      return new BundleWriter(scope, spool, form);
    } catch (IOException e) {
      spool.close();
      throw e;
    }
  }

  /**
   * Adds an event. The bytes are checked against the leaf, so that no bundle leaves that would not
   * verify.
   *
   * @param event positions must rise; with a range every position of it must come, others may stand
   *     before or after (the {@code ErasureCompleted} that a content names, duties in force)
   * @throws IOException when the event's bytes are not what its leaf commits to, or cannot be
   *     written
   */
  public void add(BundleEvent event) throws IOException {
    if (event.position() <= last) {
      throw new IllegalArgumentException(
          "position: " + event.position() + " (expected: above " + last + ")");
    }
    try {
      Leaf leaf = LeafReader.read(event.leaf());
      Json line = line(event, leaf);
      write(leaves, event.leaf());
      write(disclosed, line.canonicalBytes());
    } catch (Malformed e) {
      throw new IOException("event at " + event.position() + ": " + e.getMessage(), e);
    }
    last = event.position();
    count++;
    tiles.add(event.position());
    logFiles.leaf(event.position());
  }

  private Json line(BundleEvent event, Leaf leaf) throws IOException, Malformed {
    Json.Builder line = Json.object().with("idx", event.position());
    switch (event.content()) {
      case BundleEvent.Content.Disclosed(byte[] clear, byte[] sealed, byte[] key) -> {
        Json half = clear(line, leaf, clear);
        Optional<byte[]> plain = opening.open(leaf, sealed, key);
        if (plain.isEmpty()) {
          throw new Malformed("sealed: does not open with this key as this event");
        }
        line.with("sealed", Base64.getEncoder().encodeToString(sealed));
        line.with("key", Base64.getEncoder().encodeToString(key));
        Optional<Json> opened =
            Counts.reads(leaf.type())
                ? Optional.of(Json.parse(new String(plain.get(), StandardCharsets.UTF_8)))
                : Optional.empty();
        counts.add(leaf, half, opened);
        replays.event(event.position(), leaf, half);
        if (leaf.type().equals(Segment.TYPE)) {
          Segment segment = Segment.of(event.position(), leaf, half, plain.get());
          record(half.text("session"), segment);
          replays.segment(Objects.requireNonNull(leaf.session()), segment);
        }
      }
      case BundleEvent.Content.AllClear(byte[] clear) -> {
        counts.add(leaf, clear(line, leaf, clear), Optional.empty());
        if (leaf.key().length > 0) {
          throw new Malformed("sealed: absent (expected: the sealed half, or metadata only)");
        }
      }
      case BundleEvent.Content.MetadataOnly(byte[] clear) -> {
        counts.add(leaf, clear(line, leaf, clear), Optional.empty());
        withhold(line, Withheld.metadataOnly);
      }
      case BundleEvent.Content.Erased(byte[] clear, long erasure) -> {
        counts.add(leaf, clear(line, leaf, clear), Optional.empty());
        withhold(line, Withheld.erased);
        line.with("erasureIdx", erasure);
      }
      case BundleEvent.Content.OutOfScope() -> {
        counts.add(leaf);
        withhold(line, Withheld.outOfScope);
      }
    }
    return line.made();
  }

  private void record(String session, Segment segment) throws IOException {
    String below = "replay/" + session + "/";
    String bytes = "application/octet-stream";
    spool.append(below + "in.bin", Role.recording, bytes, segment.in(), segment.in().length);
    spool.append(below + "out.bin", Role.recording, bytes, segment.out(), segment.out().length);
    spool.append(
        below + "index.jsonl", Role.recording, JSONL, segment.index(), segment.index().length);
  }

  private static Json clear(Json.Builder line, Leaf leaf, byte[] clear) throws Malformed {
    if (!java.util.Arrays.equals(Spool.sha256().digest(clear), leaf.clear())) {
      throw new Malformed("clear: not what the leaf commits to");
    }
    String text = new String(clear, StandardCharsets.UTF_8);
    line.with("clear", text);
    return Json.parse(text);
  }

  private void withhold(Json.Builder line, Withheld why) {
    line.with("withheld", why.word());
    withheld.merge(why.word(), 1L, Long::sum);
  }

  /**
   * Adds a file that is not made from the events here: {@code replay/SESSION/session.cast}, {@code
   * duties/rulebook.json}, a report. The manifest binds it; the verifier says that it was not
   * recomputed.
   *
   * @param path below {@code replay/}, {@code duties/} or {@code reports/}
   * @return to be written and closed before {@link #finish}
   */
  public OutputStream file(String path, Role role, String mediaType) throws IOException {
    if (!path.matches("(replay|duties|reports)/.+")) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: below replay/, duties/ or reports/)");
    }
    return spool.begin(path, role, mediaType);
  }

  /**
   * Joins the events to a checkpoint, signs and packs.
   *
   * @param file the bundle; replaced when it is there
   * @throws IOException when the log's tiles are not those of its checkpoint, the checkpoint does
   *     not hold every event or is not signed by the log, or something cannot be written
   */
  public void finish(Path file, BundleLog log, Progress progress) throws IOException {
    Checkpoint checkpoint = logFiles.write(log, last, progress);
    Json sums = counts.json();
    spool.add("reports/counts.json", Role.report, "application/json", sums.canonicalBytes());
    spool.add(
        "VERIFY.md",
        Role.reading,
        "text/markdown",
        Reading.verify(checkpoint, log).getBytes(StandardCharsets.UTF_8));
    Json scoped = scoped();
    byte[] manifest = manifest(checkpoint, scoped, sums).canonicalBytes();
    byte[] signed = Statement.sign(manifest, predicate(scoped, sums), log.key(), log.statement());
    pack(file, manifest, signed, progress);
  }

  static Json predicate(Json scope, Json counts) {
    return Json.object().with("scope", scope).with("counts", counts).made();
  }

  private Json scoped() {
    Json.Builder query = Json.object();
    scope.query().forEach(query::with);
    return Json.object()
        .with("query", query.made())
        .with("requestedBy", scope.requestedBy())
        .with("purpose", scope.purpose())
        .with("ticket", scope.ticket())
        .with("disclosed", Json.of(scope.disclosed()))
        .with("at", scope.at().truncatedTo(ChronoUnit.SECONDS).toString())
        .made();
  }

  private Json manifest(Checkpoint checkpoint, Json scoped, Json sums) throws IOException {
    Json.Builder manifest =
        Json.object()
            .with("format", FORMAT)
            .with("scope", scoped)
            .with("leaves", count)
            .with(
                "checkpoint",
                Json.object()
                    .with("origin", checkpoint.origin())
                    .with("size", checkpoint.size())
                    .with("root", checkpoint.root().toString())
                    .made())
            .with("counts", sums)
            .with("files", spool.finish());
    scope
        .range()
        .ifPresent(range ->
            manifest.with(
                "leafRange",
                Json.object().with("start", range.from()).with("end", range.to()).made()));
    Json.Builder held = Json.object();
    withheld.forEach(held::with);
    return manifest.with("withheld", held.made()).made();
  }

  private void pack(Path file, byte[] manifest, byte[] signed, Progress progress)
      throws IOException {
    long of = spool.bytes();
    long done = 0;
    try (ZipWriter zip = new ZipWriter(file)) {
      zip.add("MANIFEST.dsse.json", new ByteArrayInputStream(signed));
      zip.add("MANIFEST.json", new ByteArrayInputStream(manifest));
      for (Map.Entry<String, Spool.Kept> kept : spool.files().entrySet()) {
        progress.at("packing", done, of);
        try (InputStream content = Files.newInputStream(kept.getValue().at())) {
          zip.add(kept.getKey(), content);
        }
        done += Files.size(kept.getValue().at());
      }
      zip.finish();
    }
    progress.at("packing", of, of);
  }

  private static void write(OutputStream out, byte[] line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  /** Removes what was not packed; idempotent. */
  @Override
  public void close() throws IOException {
    spool.close();
  }
}
