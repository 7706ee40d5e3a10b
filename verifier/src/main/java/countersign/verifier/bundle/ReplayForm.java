package countersign.verifier.bundle;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Another form of a session's recording, for programs that know nothing of ours: a file {@code
 * replay/SESSION/NAME} that is made beside the recording while events are added. The manifest binds
 * it, nothing recomputes it.
 */
public interface ReplayForm {
  /** Name of the file. */
  String name();

  /** Media type of the file. */
  String mediaType();

  /**
   * Begins a session's file.
   *
   * @param protocol of the session, such as {@code postgres}
   * @param opened when it was opened: times count from then
   * @return empty when this form is not for that protocol
   */
  Optional<Replay> begin(UUID session, String protocol, Instant opened);

  /** One session's file, made from the beginning to the end. Not thread-safe. */
  interface Replay {
    /** What the file begins with. */
    byte[] begin();

    /**
     * Bytes of the recording.
     *
     * @param outwards to the caller
     * @param offset of the first of them in their direction
     * @param micros µs since the session was opened
     * @param about what happened since what was added before, a line each
     */
    byte[] bytes(boolean outwards, long offset, long micros, byte[] bytes, List<String> about);

    /** What the file ends with, once the session ended. */
    byte[] end(long micros, List<String> about);
  }
}
