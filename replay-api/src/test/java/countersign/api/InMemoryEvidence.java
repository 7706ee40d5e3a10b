package countersign.api;

import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceRefused;
import countersign.evidence.EvidenceRequest;
import countersign.identity.Principal;
import countersign.port.Evidence;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Evidence that is made at once, of nothing. */
@Singleton
class InMemoryEvidence implements Evidence {
  final List<EvidenceRequest> asked = new CopyOnWriteArrayList<>();
  final List<String> opened = new CopyOnWriteArrayList<>();
  private final Map<EvidenceId, EvidenceJob> jobs = new ConcurrentHashMap<>();

  @Override
  public EvidenceJob make(EvidenceRequest request) {
    asked.add(request);
    EvidenceJob job = job(EvidenceId.next(), request, EvidenceJob.State.ready);
    jobs.put(job.id(), job);
    return job;
  }

  private static EvidenceJob job(EvidenceId id, EvidenceRequest request, EvidenceJob.State state) {
    return new EvidenceJob(
        id,
        state,
        "",
        1,
        1,
        request.scope().query(),
        request.disclose(),
        false,
        request.by().name(),
        request.purpose(),
        1,
        1,
        0,
        0,
        10,
        "5f",
        0,
        "",
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  @Override
  public List<EvidenceJob> jobs() {
    return List.copyOf(jobs.values());
  }

  @Override
  public EvidenceJob job(EvidenceId id) {
    EvidenceJob job = jobs.get(id);
    if (job == null) {
      throw new EvidenceRefused(EvidenceRefused.Kind.notFound, "evidence: " + id);
    }
    return job;
  }

  @Override
  public Bundle open(EvidenceId id, Principal by) {
    job(id);
    opened.add(by.name());
    try {
      Path file = Files.createTempFile("evidence", ".zip");
      file.toFile().deleteOnExit();
      return new Bundle(Files.writeString(file, "0123456789"), "evidence-" + id + ".zip", 10, "5f");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public EvidenceJob remove(EvidenceId id) {
    EvidenceJob job = job(id);
    jobs.remove(id);
    return job;
  }
}
