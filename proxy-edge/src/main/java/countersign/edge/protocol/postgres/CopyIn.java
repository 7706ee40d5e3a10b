package countersign.edge.protocol.postgres;

/** Where the COPY FROM STDIN of a session stands. Confined to the event loop. */
final class CopyIn {
  private boolean running;
  private boolean syncSwallowed;

  /**
   * The target takes data.
   *
   * @param syncSent whether the caller's Sync is with the target already: while copying it is
   *     swallowed, and the caller sends another
   */
  void begun(boolean syncSent) {
    running = true;
    syncSwallowed = syncSent;
  }

  /** Whether the target takes data. */
  boolean running() {
    return running;
  }

  /** No more data: the caller said so, or the target gave up or is done. A Sync may be due. */
  void ended() {
    running = false;
  }

  /** Everything of the unit is answered. */
  void unitEnded() {
    running = false;
    syncSwallowed = false;
  }

  /** Whether a Sync that comes now is answered once, together with one that was swallowed. */
  boolean takeSwallowedSync() {
    boolean was = syncSwallowed;
    syncSwallowed = false;
    return was;
  }
}
