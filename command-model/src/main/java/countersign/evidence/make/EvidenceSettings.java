package countersign.evidence.make;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Bounds of making evidence.
 *
 * @param directory of the bundles; only our account may enter it
 * @param mostWaiting jobs that wait at the most
 * @param mostBytes all files of the directory together
 * @param keep how long a bundle's file is kept
 * @param patience how long to wait for a checkpoint that holds what the scope holds
 */
public record EvidenceSettings(
    Path directory, int mostWaiting, long mostBytes, Duration keep, Duration patience) {

  /** A queue of 8, 20 GiB, a day, a minute. */
  public static EvidenceSettings ordinary(Path directory) {
    return new EvidenceSettings(directory, 8, 20L << 30, Duration.ofDays(1), Duration.ofMinutes(1));
  }
}
