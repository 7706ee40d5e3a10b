package countersign.edge.protocol.postgres;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Connections that have not proven who they are. When there are too many, the oldest makes room, so
 * that silent ones cannot keep others out. Thread-safe.
 */
final class Unproven {
  private final int most;
  private final LinkedHashSet<Handshake> waiting = new LinkedHashSet<>();

  Unproven(int most) {
    this.most = most;
  }

  void add(Handshake handshake) {
    Handshake oldest = push(handshake);
    if (oldest != null) {
      oldest.crowdedOut();
    }
  }

  private synchronized @Nullable Handshake push(Handshake handshake) {
    waiting.add(handshake);
    return waiting.size() > most ? waiting.removeFirst() : null;
  }

  synchronized void remove(Handshake handshake) {
    waiting.remove(handshake);
  }

  synchronized int size() {
    return waiting.size();
  }
}
