package countersign.store;

import java.time.Duration;

/**
 * Bounds of the store; every one is a refusal, never a silent loss.
 *
 * @param waitingBytes bytes that may wait to be appended, all sessions together
 * @param waitingBytesPerSession the same of one session
 * @param batchBytes bytes of one batch; a single larger item is a batch of its own up to {@code
 *     itemBytes}
 * @param itemBytes largest item
 * @param answer how long an item may wait for its answer before it fails with {@code storeDown}
 * @param diskReserveBytes free bytes below which segments and decisions are refused; the larger of
 *     this and {@code diskReserveShare} counts
 * @param diskReserveShare the same as a share of the file system, 0 to 1
 */
public record StoreLimits(
    long waitingBytes,
    long waitingBytesPerSession,
    int batchBytes,
    int itemBytes,
    Duration answer,
    long diskReserveBytes,
    double diskReserveShare) {

  /** 256 MiB waiting, 16 MiB of one session, batches of 1 MiB, 10 s, max(1 GiB, 5 %) reserve. */
  public static StoreLimits ordinary() {
    return new StoreLimits(
        256L << 20, 16L << 20, 1 << 20, 64 << 20, Duration.ofSeconds(10), 1L << 30, 0.05);
  }

  /** The same with another time to answer. */
  public StoreLimits withAnswer(Duration other) {
    return new StoreLimits(
        waitingBytes,
        waitingBytesPerSession,
        batchBytes,
        itemBytes,
        other,
        diskReserveBytes,
        diskReserveShare);
  }

  /** The same with another disk reserve. */
  public StoreLimits withDiskReserve(long bytes, double share) {
    return new StoreLimits(
        waitingBytes, waitingBytesPerSession, batchBytes, itemBytes, answer, bytes, share);
  }
}
