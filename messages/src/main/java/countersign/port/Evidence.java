package countersign.port;

import countersign.evidence.EvidenceId;
import countersign.evidence.EvidenceJob;
import countersign.evidence.EvidenceRequest;
import countersign.identity.Principal;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes evidence bundles, one after the other, and keeps them for a while. Whether somebody may is
 * decided by who asks here. Thread-safe; blocks for a file or an append, so not for event loops.
 */
public interface Evidence {

  /**
   * Asks for a bundle; it is made in the background.
   *
   * @throws countersign.evidence.EvidenceRefused {@code busy} when too many wait or there is no
   *     room
   * @throws IllegalArgumentException when the recipient is none
   */
  EvidenceJob make(EvidenceRequest request);

  /** All that are known, newest first. */
  List<EvidenceJob> jobs();

  /**
   * One of them.
   *
   * @throws countersign.evidence.EvidenceRefused {@code notFound}
   */
  EvidenceJob job(EvidenceId id);

  /**
   * Opens a bundle for a download, which is an event before this returns; downloads of one person
   * within a minute are one.
   *
   * @throws countersign.evidence.EvidenceRefused {@code notFound}, {@code notReady} or {@code
   *     expired}
   * @throws AppendRefused when the event cannot be made durable
   */
  Bundle open(EvidenceId id, Principal by);

  /**
   * Deletes a bundle's file, or ends its making. What it was stays known. Idempotent.
   *
   * @throws countersign.evidence.EvidenceRefused {@code notFound}
   */
  EvidenceJob remove(EvidenceId id);

  /**
   * The file of a bundle.
   *
   * @param file to be read, not kept: it may be deleted at any time
   * @param name what a download should be called
   */
  record Bundle(Path file, String name, long bytes, String sha256) {}
}
