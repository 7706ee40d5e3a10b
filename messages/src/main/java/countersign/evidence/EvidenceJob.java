package countersign.evidence;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the making of a bundle stands.
 *
 * @param stage what is being done now, in a word or two; empty while nothing is
 * @param done how much of the stage is done
 * @param total how much there is, -1 when not known yet
 * @param query what it is about, by name
 * @param encrypted whether only its recipient can open the file
 * @param by who asked
 * @param events events in it
 * @param sessions sessions that it is about
 * @param from position of its first event, -1 before it is known
 * @param to position of its last event, -1 before it is known
 * @param bytes length of the file
 * @param sha256 of the file, lower-case hex; empty before it is made
 * @param notOpened events whose content was asked for and whose key is lost though nobody erased it
 * @param error why it failed, empty otherwise
 * @param finishedAt when it was made or failed
 * @param expiresAt when the file is deleted; null before it is made
 */
public record EvidenceJob(
    EvidenceId id,
    State state,
    String stage,
    long done,
    long total,
    Map<String, String> query,
    boolean disclosed,
    boolean encrypted,
    String by,
    String purpose,
    long events,
    long sessions,
    long from,
    long to,
    long bytes,
    String sha256,
    long notOpened,
    String error,
    Instant requestedAt,
    @Nullable Instant finishedAt,
    @Nullable Instant expiresAt) {

  public EvidenceJob {
    query = Map.copyOf(query);
  }

  /** What a job may be in. */
  public enum State {
    /** Others are made first. */
    waiting,
    /** Being made. */
    running,
    /** Can be downloaded. */
    ready,
    /** Will not be made; {@code error} says why. */
    failed,
    /** Was made; the file is deleted. */
    expired
  }
}
