package countersign.evidence.make;

import countersign.evidence.EvidenceEvent;
import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceJob.State;
import countersign.evidence.EvidenceRefused;
import countersign.evidence.EvidenceRefused.Kind;
import countersign.evidence.EvidenceRequest;
import countersign.identity.Principal;
import countersign.port.AppendRefused;
import countersign.port.Evidence;
import countersign.retention.Forgetting;
import countersign.session.SessionId;
import countersign.store.EventLog;
import countersign.store.RawEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Evidence of this process: one bundle at a time, on a thread of its own, because making one keeps
 * a core busy. A job that a stop cuts off has failed at the next start.
 */
public final class Bundles implements Evidence, Forgetting, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Bundles.class);
  private static final Duration ONE_DOWNLOAD = Duration.ofMinutes(1);
  private static final int MOST_KNOWN = 500;
  private static final int SWEEP_SECONDS = 30;

  private final Shelf shelf;
  private final Making making;
  private final EvidenceSettings settings;
  private final InstantSource clock;
  private final Map<EvidenceId, Entry> entries = new ConcurrentHashMap<>();
  private final BlockingQueue<Entry> queue;
  private final Thread worker;
  private final Map<String, Instant> downloads =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_KNOWN;
        }
      };
  private volatile boolean closed;

  private Bundles(Shelf shelf, Making making, EvidenceSettings settings, InstantSource clock) {
    this.shelf = shelf;
    this.making = making;
    this.settings = settings;
    this.clock = clock;
    this.queue = new ArrayBlockingQueue<>(settings.mostWaiting());
    this.worker = Thread.ofPlatform().name("evidence").daemon().unstarted(this::work);
  }

  /**
   * Starts.
   *
   * @param log where it is told what was made and opened
   * @param raw its rows
   * @param signed the log as it is signed
   * @throws IOException when the directory cannot be used
   */
  public static Bundles start(
      EvidenceSettings settings, EventLog log, RawEvents raw, LogAtHand signed, InstantSource clock)
      throws IOException {
    Shelf shelf = new Shelf(settings.directory());
    Making making = new Making(log, raw, signed, shelf, settings, clock);
    Bundles bundles = new Bundles(shelf, making, settings, clock);
    for (Entry entry : shelf.left(clock.instant())) {
      bundles.entries.put(entry.id(), entry);
      shelf.keep(entry);
    }
    bundles.sweep();
    bundles.worker.start();
    return bundles;
  }

  @Override
  public EvidenceJob make(EvidenceRequest request) {
    if (!request.recipient().isEmpty()) {
      Age.to(request.recipient());
    }
    Entry entry = Entry.asked(EvidenceId.next(), request, clock.instant());
    try {
      making.room().require();
      entries.put(entry.id(), entry);
      shelf.keep(entry);
    } catch (IOException e) {
      entries.remove(entry.id());
      throw new EvidenceRefused(Kind.busy, String.valueOf(e.getMessage()));
    }
    if (closed || !queue.offer(entry)) {
      entries.remove(entry.id());
      quietly(() -> shelf.forget(entry.job()));
      throw new EvidenceRefused(
          Kind.busy, settings.mostWaiting() + " bundles wait to be made: ask again later");
    }
    return entry.job();
  }

  @Override
  public List<EvidenceJob> jobs() {
    return entries.values().stream()
        .map(Entry::job)
        .sorted(
            Comparator.comparing(EvidenceJob::requestedAt)
                .reversed()
                .thenComparing(job -> job.id().value()))
        .toList();
  }

  @Override
  public EvidenceJob job(EvidenceId id) {
    return entry(id).job();
  }

  private Entry entry(EvidenceId id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new EvidenceRefused(Kind.notFound, "evidence: " + id + " (expected: one of the list)");
    }
    return entry;
  }

  @Override
  public Bundle open(EvidenceId id, Principal by) {
    EvidenceJob job = entry(id).job();
    Path file = shelf.bundle(job);
    switch (job.state()) {
      case waiting, running -> throw new EvidenceRefused(Kind.notReady, id + ": still being made");
      case failed -> throw new EvidenceRefused(Kind.notReady, id + ": failed: " + job.error());
      case expired -> throw new EvidenceRefused(Kind.expired, id + ": its file was deleted");
      case ready -> {
        if (!Files.exists(file)) {
          throw new EvidenceRefused(Kind.expired, id + ": its file was deleted");
        }
      }
    }
    downloaded(id, by);
    return new Bundle(file, Shelf.name(job), job.bytes(), job.sha256());
  }

  private void downloaded(EvidenceId id, Principal by) {
    String who = id + " " + by.path();
    Instant now = clock.instant();
    synchronized (downloads) {
      Instant before = downloads.get(who);
      if (before != null && before.plus(ONE_DOWNLOAD).isAfter(now)) {
        return;
      }
    }
    try {
      making.append(new EvidenceEvent.Downloaded(id, now, by));
    } catch (IOException e) {
      throw new AppendRefused(AppendRefused.Reason.storeDown, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AppendRefused(AppendRefused.Reason.storeDown, "interrupted");
    }
    synchronized (downloads) {
      downloads.put(who, now);
    }
  }

  @Override
  public EvidenceJob remove(EvidenceId id) {
    Entry entry = entry(id);
    entry.cancel();
    if (queue.remove(entry)) {
      end(entry, "removed");
    }
    drop(entry);
    return entry.job();
  }

  private void drop(Entry entry) {
    if (entry.job().state() == State.ready) {
      entry.expired();
      quietly(() -> {
        shelf.delete(entry.job());
        shelf.keep(entry);
      });
    }
  }

  /**
   * Deletes every bundle here that discloses one of these sessions, and ends the making of such.
   * Copies that were downloaded are elsewhere; the events of their making say so.
   */
  @Override
  public CompletionStage<Void> forget(Set<SessionId> sessions, long position) {
    boolean gone = true;
    for (Entry entry : entries.values()) {
      boolean holds =
          !Collections.disjoint(
              entry.disclosed(), sessions.stream().map(SessionId::value).toList());
      if (holds) {
        entry.cancel();
        drop(entry);
        gone &= entry.job().state() != State.running;
      }
    }
    return gone
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(new IOException("a bundle is still being made"));
  }

  @Override
  public String name() {
    return "evidence bundles";
  }

  private void work() {
    while (!closed) {
      try {
        Entry entry = queue.poll(SWEEP_SECONDS, TimeUnit.SECONDS);
        if (entry != null) {
          make(entry);
        }
        sweep();
      } catch (InterruptedException stopping) {
        return;
      }
    }
  }

  private void make(Entry entry) throws InterruptedException {
    long began = System.nanoTime();
    try {
      making.run(entry);
      entry.requireGoingOn();
      entry.ready(clock.instant(), clock.instant().plus(settings.keep()));
      quietly(() -> shelf.keep(entry));
      LOG.infof(
          "evidence=made id=%s events=%d bytes=%d millis=%d",
          entry.id(),
          entry.job().events(),
          entry.job().bytes(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    } catch (NotMade e) {
      end(entry, String.valueOf(e.getMessage()));
    } catch (Entry.Cancelled | AppendRefused e) {
      end(entry, String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      end(entry, reason(e));
    } catch (IOException | RuntimeException e) {
      LOG.errorf(e, "evidence=failed id=%s", entry.id());
      end(entry, e instanceof IOException ? String.valueOf(e.getMessage()) : "an error of our own");
    }
  }

  private void end(Entry entry, String why) {
    entry.failed(why, clock.instant());
    LOG.warnf("evidence=not made id=%s", entry.id());
    quietly(() -> {
      shelf.delete(entry.job());
      shelf.keep(entry);
    });
  }

  private static String reason(UncheckedIOException e) {
    IOException cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : String.valueOf(cause.getMessage());
  }

  /** Deletes what is kept no longer, and forgets what ended long ago. */
  private void sweep() {
    Instant now = clock.instant();
    for (Entry entry : entries.values()) {
      Instant expires = entry.job().expiresAt();
      if (expires != null && expires.isBefore(now)) {
        drop(entry);
      }
    }
    List<EvidenceJob> known = jobs();
    for (EvidenceJob job : known.subList(Math.min(MOST_KNOWN, known.size()), known.size())) {
      if (job.state() == State.failed || job.state() == State.expired) {
        entries.remove(job.id());
        quietly(() -> shelf.forget(job));
      }
    }
  }

  /** Something with files. */
  @FunctionalInterface
  private interface OnFiles {
    void run() throws IOException;
  }

  private static void quietly(OnFiles work) {
    try {
      work.run();
    } catch (IOException e) {
      LOG.errorf("evidence=file error=%s", e.getMessage());
    }
  }

  /** Ends what is being made, which has then failed. */
  @Override
  public void close() {
    closed = true;
    entries.values().forEach(Entry::cancel);
    worker.interrupt();
    try {
      worker.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
