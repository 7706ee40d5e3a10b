package countersign.edge.protocol.postgres;

import java.util.function.BooleanSupplier;

/** Waits for what is to come true, at most ten seconds. */
final class Eventually {
  private Eventually() {}

  static void that(BooleanSupplier condition) {
    long until = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not come true in 10 s");
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
