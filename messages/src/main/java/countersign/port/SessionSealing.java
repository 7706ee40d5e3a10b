package countersign.port;

import countersign.session.SessionId;
import java.util.Optional;

/**
 * Seals what a read model keeps of a session under the session's own key, so that rows, the
 * database's log and its backups hold nothing that outlives the key. Thread-safe; does not block
 * while the key is known, which it is for every session of this process.
 */
public interface SessionSealing {

  /**
   * Seals.
   *
   * @param plain what to seal
   * @return sealed bytes, different at each call; empty when the session was erased, for then there
   *     is nothing left to keep
   */
  byte[] seal(SessionId session, byte[] plain);

  /**
   * Opens.
   *
   * @return what was sealed; empty when the session was erased, or the bytes are not those that
   *     were sealed
   */
  Optional<byte[]> open(SessionId session, byte[] sealed);
}
