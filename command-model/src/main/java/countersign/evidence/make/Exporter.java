package countersign.evidence.make;

import countersign.evidence.EvidenceRequest;
import countersign.store.RawEvents;
import countersign.store.StoredRow;
import countersign.verifier.Malformed;
import countersign.verifier.bundle.BundleEvent;
import countersign.verifier.bundle.BundleEvent.Content;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.bundle.BundleScope;
import countersign.verifier.bundle.BundleWriter;
import countersign.verifier.bundle.Progress;
import countersign.verifier.bundle.ReplayForm;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import countersign.verifier.note.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes one bundle: takes what a scope holds from the store, as far as it is disclosed, with what
 * proves it. A row that is not what the signed tree holds ends it. Not thread-safe.
 */
final class Exporter {
  private static final int STEP = 1_000;

  /** A capture is as large as its recording: of more sessions than this nobody looks at each. */
  private static final int MOST_CAPTURES = 20;

  private final RawEvents raw;
  private final LogAtHand log;
  private final EvidenceRequest request;
  private final Scoped scoped;
  private final Progress progress;
  private final Duties duties;
  private final Erasures erasures;
  private final TreeLeaves leaves;
  private final Note checkpoint;
  private final VerifierKey key;

  /** Rows that belong in besides those of the scope, by position, not yet added. */
  private final TreeMap<Long, StoredRow> besides = new TreeMap<>();

  private long last = -1;
  private long added;
  private long notOpened;

  /**
   * What was made.
   *
   * @param size leaves of the checkpoint
   * @param notOpened events whose key is lost
   */
  record Made(long events, long size, long notOpened) {}

  Exporter(
      RawEvents raw,
      LogAtHand log,
      String checkpoint,
      EvidenceRequest request,
      Scoped scoped,
      Progress progress)
      throws IOException {
    this.raw = raw;
    this.log = log;
    this.request = request;
    this.scoped = scoped;
    this.progress = progress;
    try {
      this.checkpoint = Note.parse(checkpoint.getBytes(StandardCharsets.UTF_8));
      this.key = VerifierKey.parse(log.vkey());
      this.leaves = new TreeLeaves(log, Checkpoint.parse(this.checkpoint.text()).size());
    } catch (Malformed e) {
      throw new IOException("checkpoint: " + e.getMessage(), e);
    }
    this.duties = new Duties(raw, scoped.first(), scoped.last());
    this.erasures = Erasures.read(raw, leaves.size());
  }

  /**
   * Makes it.
   *
   * @param directory where files stand until they are packed
   * @param file the bundle
   */
  Made make(Path directory, Path file, Instant at) throws IOException, InterruptedException {
    BundleScope scope =
        new BundleScope(
            request.scope().query(),
            scoped.range(),
            request.by().path(),
            request.purpose(),
            request.scope().ticket().isEmpty()
                ? Optional.empty()
                : Optional.of(request.scope().ticket()),
            request.disclose(),
            at);
    Optional<ReplayForm> form =
        scoped.sessions().size() <= MOST_CAPTURES
            ? Optional.of(new CaptureForm())
            : Optional.empty();
    try (BundleWriter writer = BundleWriter.begin(directory, scope, form)) {
      duties.before().forEach(row -> besides.put(row.position(), row));
      new Walk(raw, request.disclose()).over(scoped, row -> inScope(writer, row));
      besides(writer, Long.MAX_VALUE);
      duties.write(writer);
      progress.at("time stamp", 0, -1);
      Optional<BundleLog.Timestamp> stamp = log.stamp(checkpoint.toString());
      writer.finish(
          file,
          new BundleLog(key, checkpoint, log, earlier(), log.policy(), stamp, log::sign),
          progress);
    }
    return new Made(added, leaves.size(), notOpened);
  }

  private void inScope(BundleWriter writer, StoredRow row) throws IOException {
    besides(writer, row.position());
    add(writer, duties.withSealed(row));
    if (added % STEP == 0) {
      progress.at("events", added, scoped.events());
    }
  }

  private void besides(BundleWriter writer, long before) throws IOException {
    while (!besides.isEmpty() && besides.firstKey() < before) {
      StoredRow row = besides.pollFirstEntry().getValue();
      if (row.position() > last) {
        add(writer, row);
      }
    }
  }

  private void add(BundleWriter writer, StoredRow row) throws IOException {
    leaves.require(row.position(), row.leaf());
    Content content = content(row);
    writer.add(new BundleEvent(row.position(), row.leaf().bytes(), content));
    last = row.position();
    added++;
  }

  private Content content(StoredRow row) throws IOException {
    if (row.keyId() == null) {
      return new Content.AllClear(row.clear());
    }
    boolean disclosed = duties.shown(row) || request.disclose() && row.sealed().length > 0;
    Optional<byte[]> eventKey = disclosed ? raw.eventKey(row) : Optional.empty();
    if (eventKey.isPresent()) {
      return new Content.Disclosed(row.clear(), row.sealed(), eventKey.get());
    }
    if (!raw.hasKey(row)) {
      Optional<Content> erased = erased(row);
      if (erased.isPresent()) {
        return erased.get();
      }
      notOpened++;
    }
    return new Content.MetadataOnly(row.clear());
  }

  private Optional<Content> erased(StoredRow row) throws IOException {
    var session = Scoping.sessionOf(row);
    Optional<Erasures.Erased> erasure = session.flatMap(erasures::of);
    if (erasure.isPresent()) {
      besides(erasure.get().requested());
      besides(erasure.get().completed());
      return Optional.of(new Content.Erased(row.clear(), erasure.get().completed()));
    }
    if (session.isPresent() && erasures.underWay(session.get())) {
      throw new NotMade("session " + session.get() + " is being erased: ask again when it is done");
    }
    return Optional.empty();
  }

  private void besides(long position) {
    if (position > last && !besides.containsKey(position)) {
      raw.at(new long[] {position}, false).forEach(row -> besides.put(position, row));
    }
  }

  /** The newest checkpoint that was signed before the first event of the scope. */
  private List<Note> earlier() throws IOException {
    List<Note> earlier = new ArrayList<>();
    long signed = raw.newest("log=" + key.name(), "CheckpointSigned", scoped.first());
    if (signed >= 0) {
      StoredRow row = raw.at(new long[] {signed}, false).getFirst();
      leaves.require(signed, row.leaf());
      try {
        var clear =
            countersign.verifier.json.Json.parse(new String(row.clear(), StandardCharsets.UTF_8));
        earlier.add(Note.parse(clear.text("note").getBytes(StandardCharsets.UTF_8)));
      } catch (Malformed e) {
        throw new IOException("event at " + signed + ": " + e.getMessage(), e);
      }
    }
    return earlier;
  }
}
