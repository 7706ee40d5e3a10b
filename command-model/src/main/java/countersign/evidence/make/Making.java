package countersign.evidence.make;

import countersign.command.Workers;
import countersign.event.Event;
import countersign.event.KeyScope;
import countersign.evidence.EvidenceEvent;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceRequest;
import countersign.session.OversightEvent;
import countersign.session.SessionId;
import countersign.store.Draft;
import countersign.store.EventLog;
import countersign.store.Item;
import countersign.store.RawEvents;
import countersign.store.Tags;
import countersign.store.Urgency;
import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.note.Note;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/**
 * Carries a job through: finds the scope, waits for a checkpoint that holds it, says who opens what
 * before a byte of content is read, makes the bundle, says that it was made. Blocks.
 */
final class Making {
  /** A session that is disclosed is a tag of one event. */
  static final int MOST_DISCLOSED = 5_000;

  private static final int DRAFTS = 100;
  private static final int PAUSE_MILLIS = 50;

  private final EventLog log;
  private final RawEvents raw;
  private final LogAtHand signed;
  private final Shelf shelf;
  private final Room room;
  private final EvidenceSettings settings;
  private final InstantSource clock;

  Making(
      EventLog log,
      RawEvents raw,
      LogAtHand signed,
      Shelf shelf,
      EvidenceSettings settings,
      InstantSource clock) {
    this.log = log;
    this.raw = raw;
    this.signed = signed;
    this.shelf = shelf;
    this.room = new Room(settings.directory(), settings.mostBytes());
    this.settings = settings;
    this.clock = clock;
  }

  Room room() {
    return room;
  }

  /** Makes the bundle of a job; when this returns it stands there and the event is durable. */
  void run(Entry entry) throws IOException, InterruptedException {
    EvidenceRequest request = entry.request();
    entry.at("searching", 0, -1);
    room.require();
    long end = raw.end();
    Scoped scoped = new Scoping(log, raw).find(request.scope(), end);
    entry.scoped(scoped);
    entry.at("waiting for a checkpoint", 0, -1);
    String checkpoint = checkpoint(entry, end);
    if (request.disclose()) {
      opens(entry, scoped.sessions());
    }
    Path part = shelf.fresh(entry.id() + ".part");
    try {
      Instant at = clock.instant();
      long[] steps = {0};
      Exporter exporter =
          new Exporter(
              raw,
              signed,
              checkpoint,
              request,
              scoped,
              (stage, done, of) -> {
                entry.at(stage, done, of);
                roomAt(steps[0]++);
              });
      Exporter.Made made = exporter.make(shelf.directory(), part, at);
      encrypt(entry, part);
      entry.made(made, Files.size(part), Shelf.sha256(part));
      exported(entry, made);
      shelf.publish(part, entry.job());
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void roomAt(long step) {
    if (step % 500 == 499) {
      try {
        room.require();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /**
   * The newest checkpoint that holds the scope, cosigned by as many witnesses as must. One that
   * misses a round cosigns the next; when all patience is gone it is taken with the lines it has.
   */
  private String checkpoint(Entry entry, long size) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + settings.patience().toNanos();
    while (true) {
      boolean late = System.nanoTime() > deadline;
      Optional<String> newest = signed.checkpoint();
      if (newest.isPresent() && size(newest.get()) >= size) {
        if (late || signed.cosigned(newest.get())) {
          return newest.get();
        }
        entry.at("waiting for witnesses", 0, -1);
      } else if (late) {
        throw new NotMade(
            "no checkpoint holds the event at " + (size - 1) + ": is the log signed?");
      }
      entry.requireGoingOn();
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private static long size(String note) throws IOException {
    try {
      return Checkpoint.parse(Note.parse(note.getBytes(StandardCharsets.UTF_8)).text()).size();
    } catch (Malformed e) {
      throw new IOException("checkpoint: " + e.getMessage(), e);
    }
  }

  /** Opening is an event before it is done: what is opened cannot be closed again. */
  private void opens(Entry entry, Set<UUID> sessions) throws IOException, InterruptedException {
    if (sessions.size() > MOST_DISCLOSED) {
      throw new NotMade(
          "scope: content of %d sessions (expected: at most %d; ask for less, or without content)"
              .formatted(sessions.size(), MOST_DISCLOSED));
    }
    Set<UUID> open = raw.withKey(sessions);
    entry.discloses(open);
    EvidenceRequest request = entry.request();
    List<Draft> drafts = new ArrayList<>();
    for (UUID session : open) {
      OversightEvent.ContentOpened opened =
          new OversightEvent.ContentOpened(
              new SessionId(session), clock.instant(), request.by(), "evidence", request.purpose());
      drafts.add(Draft.of(opened, KeyScope.of(opened.session()), Tags.of(opened)));
      if (drafts.size() == DRAFTS) {
        append(drafts);
        drafts.clear();
      }
    }
    if (!drafts.isEmpty()) {
      append(drafts);
    }
  }

  private void exported(Entry entry, Exporter.Made made) throws IOException, InterruptedException {
    EvidenceRequest request = entry.request();
    EvidenceJob job = entry.job();
    EvidenceEvent.Exported event =
        new EvidenceEvent.Exported(
            job.id(),
            clock.instant(),
            job.from(),
            job.to(),
            made.events(),
            job.sessions(),
            made.size(),
            job.disclosed(),
            job.encrypted(),
            job.bytes(),
            job.sha256(),
            request.by(),
            job.query(),
            job.purpose(),
            request.recipient());
    Set<String> tags = new HashSet<>(Tags.of(event));
    entry.disclosed().forEach(session -> tags.add("exported=" + session));
    append(List.of(Draft.of(event, new KeyScope.OfStore(), tags)));
  }

  /** Appends an event that is about evidence and no session. */
  void append(Event event) throws IOException, InterruptedException {
    append(List.of(Draft.of(event, new KeyScope.OfStore(), Tags.of(event))));
  }

  private void append(List<Draft> drafts) throws IOException, InterruptedException {
    try {
      Workers.await(log.append(new Item(drafts, null, Urgency.decision)).toCompletableFuture());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IOException("store: " + e.getCause(), e);
    }
  }

  private void encrypt(Entry entry, Path part) throws IOException {
    String recipient = entry.request().recipient();
    if (recipient.isEmpty()) {
      return;
    }
    entry.at("encrypting", 0, -1);
    Path sealed = shelf.fresh(entry.id() + ".tmp");
    try (InputStream in = Files.newInputStream(part);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(sealed), 1 << 16)) {
      Age.to(recipient).encrypt(in, out);
    }
    Files.move(sealed, part, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
