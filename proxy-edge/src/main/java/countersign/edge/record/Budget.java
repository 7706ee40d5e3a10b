package countersign.edge.record;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all sessions of an edge together hold before they are durable. Thread-safe. */
public final class Budget {
  /** 256 MiB, see design: the loss contract. */
  public static final long DEFAULT_BYTES = 256L << 20;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /** Makes a budget of so many bytes. */
  public Budget(long most) {
    this.most = most;
  }

  void take(long bytes) {
    taken.addAndGet(bytes);
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  boolean exhausted() {
    return taken.get() >= most;
  }

  /** Bytes held now. */
  public long taken() {
    return taken.get();
  }
}
