package countersign.evidence.make;

import countersign.store.RawEvents;
import countersign.store.StoredRow;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Goes over the rows of a scope in the order of positions, with few large questions. */
final class Walk {
  private final RawEvents raw;
  private final boolean sealed;

  Walk(RawEvents raw, boolean sealed) {
    this.raw = raw;
    this.sealed = sealed;
  }

  /** What is done with each row. */
  @FunctionalInterface
  interface Step {
    void take(StoredRow row) throws IOException;
  }

  void over(Scoped scoped, Step step) throws IOException {
    if (scoped.range().isPresent()) {
      over(scoped.range().get().from(), scoped.range().get().to(), step);
    } else {
      over(scoped.positions(), step);
    }
  }

  private void over(long from, long to, Step step) throws IOException {
    long next = from;
    while (next < to) {
      for (StoredRow row : some(raw.range(next, to, sealed), next)) {
        if (row.position() != next) {
          throw missing(next);
        }
        step.take(row);
        next++;
      }
    }
  }

  /** The same for single positions. */
  void over(long[] positions, Step step) throws IOException {
    int done = 0;
    while (done < positions.length) {
      int to = Math.min(positions.length, done + RawEvents.MOST);
      long[] asked = Arrays.copyOfRange(positions, done, to);
      for (StoredRow row : some(raw.at(asked, sealed), asked[0])) {
        if (row.position() != positions[done]) {
          throw missing(positions[done]);
        }
        step.take(row);
        done++;
      }
    }
  }

  private static List<StoredRow> some(List<StoredRow> rows, long first) throws NotMade {
    if (rows.isEmpty()) {
      throw missing(first);
    }
    return rows;
  }

  private static NotMade missing(long position) {
    return new NotMade("event at " + position + " is missing from the store: run countersign fsck");
  }
}
