package countersign.evidence.make;

import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceJob.State;
import countersign.evidence.EvidenceRequest;
import countersign.verifier.bundle.Progress;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as it changes. Thread-safe. */
final class Entry implements Progress {
  private EvidenceJob job;
  private final @Nullable EvidenceRequest request;
  private final Set<UUID> disclosed = new HashSet<>();
  private boolean cancelled;

  private Entry(EvidenceJob job, @Nullable EvidenceRequest request, Set<UUID> disclosed) {
    this.job = job;
    this.request = request;
    this.disclosed.addAll(disclosed);
  }

  static Entry asked(EvidenceId id, EvidenceRequest request, Instant now) {
    return new Entry(
        new EvidenceJob(
            id,
            State.waiting,
            "",
            0,
            -1,
            request.scope().query(),
            request.disclose(),
            !request.recipient().isEmpty(),
            request.by().name(),
            request.purpose(),
            0,
            0,
            -1,
            -1,
            0,
            "",
            0,
            "",
            now,
            null,
            null),
        request,
        Set.of());
  }

  /** One that an earlier process has left; what it had not finished will not be. */
  static Entry left(EvidenceJob job, Set<UUID> disclosed, Instant now) {
    Entry entry = new Entry(job, null, disclosed);
    if (job.state() == State.waiting || job.state() == State.running) {
      entry.failed("interrupted: Countersign was stopped meanwhile", now);
    }
    return entry;
  }

  synchronized EvidenceJob job() {
    return job;
  }

  EvidenceId id() {
    return job().id();
  }

  EvidenceRequest request() {
    if (request == null) {
      throw new IllegalStateException("a job of an earlier process is not made");
    }
    return request;
  }

  synchronized Set<UUID> disclosed() {
    return Set.copyOf(disclosed);
  }

  synchronized void discloses(Set<UUID> sessions) {
    disclosed.addAll(sessions);
  }

  /** What comes next stops at the next step. */
  synchronized void cancel() {
    cancelled = true;
  }

  synchronized void requireGoingOn() throws NotMade {
    if (cancelled) {
      throw new NotMade("removed");
    }
  }

  @Override
  public synchronized void at(String stage, long done, long of) {
    if (cancelled) {
      throw new Cancelled();
    }
    job = with(State.running, stage, done, of, "", null, null);
  }

  synchronized void scoped(Scoped scoped) {
    job = with(scoped.events(), scoped.sessions().size(), scoped.first(), scoped.last(), 0, "", 0);
  }

  synchronized void made(Exporter.Made made, long bytes, String sha256) {
    job =
        with(made.events(), job.sessions(), job.from(), job.to(), bytes, sha256, made.notOpened());
  }

  synchronized void ready(Instant now, Instant expires) {
    job = with(State.ready, "", job.events(), job.events(), "", now, expires);
  }

  synchronized void failed(String why, Instant now) {
    job = with(State.failed, "", job.done(), job.total(), why, now, null);
  }

  synchronized void expired() {
    job = with(State.expired, "", job.done(), job.total(), "", job.finishedAt(), job.expiresAt());
  }

  /** Thrown out of the making of a bundle that nobody wants any more. */
  static final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cancelled() {
      super("removed", null, false, false);
    }
  }

  private EvidenceJob with(
      State state,
      String stage,
      long done,
      long total,
      String error,
      @Nullable Instant finishedAt,
      @Nullable Instant expiresAt) {
    return new EvidenceJob(
        job.id(),
        state,
        stage,
        done,
        total,
        job.query(),
        job.disclosed(),
        job.encrypted(),
        job.by(),
        job.purpose(),
        job.events(),
        job.sessions(),
        job.from(),
        job.to(),
        job.bytes(),
        job.sha256(),
        job.notOpened(),
        error,
        job.requestedAt(),
        finishedAt,
        expiresAt);
  }

  private EvidenceJob with(
      long events, long sessions, long from, long to, long bytes, String sha256, long notOpened) {
    return new EvidenceJob(
        job.id(),
        job.state(),
        job.stage(),
        job.done(),
        job.total(),
        job.query(),
        job.disclosed(),
        job.encrypted(),
        job.by(),
        job.purpose(),
        events,
        sessions,
        from,
        to,
        bytes,
        sha256,
        notOpened,
        job.error(),
        job.requestedAt(),
        job.finishedAt(),
        job.expiresAt());
  }
}
