package countersign.edge.gate;

/**
 * Leave to send bytes to a target. Only this package makes one, so only what the gate let through
 * can be sent.
 */
public sealed interface Permit {

  /** For the bytes of one decided operation. */
  final class OfOperation implements Permit {
    OfOperation(Judged judged) {
      if (judged.blocked()) {
        throw new IllegalStateException("operation " + judged.id() + " is blocked");
      }
    }
  }

  /** For what does nothing by itself: Sync, Flush, Close, Terminate, a statement only prepared. */
  final class OfProtocol implements Permit {
    OfProtocol() {}
  }
}
