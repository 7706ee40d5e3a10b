package countersign.evidence.make;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether there is room on the disk for more. Evidence stops well before the store does: what is
 * left belongs to the record.
 */
record Room(Path directory, long mostBytes) {
  private static final long RESERVE = 2L << 30;
  private static final int SHARE = 10;

  /**
   * Checks.
   *
   * @throws NotMade when there is none
   */
  void require() throws IOException {
    FileStore store = Files.getFileStore(directory);
    long reserve = Math.max(RESERVE, store.getTotalSpace() / SHARE);
    long free = store.getUsableSpace();
    if (free < reserve) {
      throw new NotMade(
          "disk: %d MiB free (expected: more than %d MiB; delete bundles that are no longer needed)"
              .formatted(free >> 20, reserve >> 20));
    }
    long used = used();
    if (used > mostBytes) {
      throw new NotMade(
          "bundles: %d MiB together (expected: at most %d MiB; delete some)"
              .formatted(used >> 20, mostBytes >> 20));
    }
  }

  private long used() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    } catch (java.io.UncheckedIOException gone) {
      return 0; // a file was deleted meanwhile
    }
  }
}
